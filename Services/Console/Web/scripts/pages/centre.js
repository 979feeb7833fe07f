// The centre (一屏通览): the city on one screen. Map, figures, the day's course, districts, alarms, what is just happening.

import { get, query as queryText } from "../core/api.js";
import { cityName } from "../core/city.js";
import { names } from "../core/directory.js";
import { clock, longDay, now, shortTime } from "../core/format.js";
import { h, put } from "../core/h.js";
import { nameOf, t } from "../core/i18n.js";
import { shortcuts } from "../core/keys.js";
import { atMostEvery, listen } from "../core/live.js";
import { patch } from "../core/patch.js";
import { may } from "../core/rights.js";
import { navigate } from "../core/router.js";
import { placedAlarms } from "../insight/placedalarms.js";
import { severityBadge, stateBadge, word } from "../parts/badge.js";
import { DIVIDED, drawFigures, drawShares, drawStates } from "../parts/cityfigures.js";
import { cityMap } from "../parts/citymap.js";
import { dayCourse, TRENDS } from "../parts/daycourse.js";
import { icon } from "../parts/icon.js";
import { cityRates } from "../parts/rates.js";
import { empty, loading } from "../parts/states.js";

const TILES_EVERY_MS = 5_000;
/** More places than these between two looks at the map: all of it is asked for. */
const PLACES = 100;
const OVERVIEW_EVERY_MS = 5_000;
const ALARMS_EVERY_MS = 2_000;
/** So long after the last look at the latest, whether anything has happened or not. */
const ANEW_EVERY_MS = 60_000;
const TICKER_EVERY_MS = 250;
const TICKER_ROWS = 8;
const ALARM_ROWS = 6;

export function centre({ query, session, signal }) {
  const view = {
    wall: query.get("wall") === "1", session, signal, district: query.get("district") ?? "", names: null, last: null, events: [],
    by: DIVIDED[0], trend: TRENDS[0], figures: h("div", { class: "figures" }), states: h("div"), course: h("div"), shares: h("div"),
    ticker: h("ol", { class: "ticker" }), mapBox: h("div", { class: "map centre-map" }),
  };
  view.scope = view.district && `district=${encodeURIComponent(view.district)}`;
  view.map = cityMap(view.mapBox, { district: view.district, overview: () => view.last, openAlarm, signal });
  const ask = () => get(`/api/overview${queryText({ district: view.district, trend: view.trend })}`, { signal });
  view.overview = loading(signal, ask, (data) => {
    drawOverview(view, data);
    return [];
  }, { lines: 0, inPlace: true });
  view.alarms = alarmPanel(view);
  drawTicker(view);
  names().then((known) => {
    view.names = known;
    drawTicker(view);
    if (view.last) drawOverview(view, view.last);
  });
  follow(view);
  startTicker(view);
  const other = `/centre${queryText({ district: view.district, wall: view.wall ? "" : "1" })}`;
  shortcuts({ w: { label: t("centre.wall"), run: () => navigate(other) } }, signal);
  return { title: t("nav.centre"), node: (view.wall ? wallLayout : workLayout)(view, other), wall: view.wall };
}

const openAlarm = (alarm) => navigate(`/lifeline/${encodeURIComponent(alarm.sensor)}`);

function workLayout(view, wall) {
  return h(
    "div", { class: "page centre" },
    h(
      "div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("nav.centre")), scopeMark(view),
      h("span", { class: "page-sub" }, clockLine(view)), h("a", { class: "button small", href: wall }, icon("wall"), t("centre.wall"))),
    view.overview, view.figures,
    h(
      "div", { class: "centre-grid" }, h("div", { class: "panel centre-map-panel" }, view.mapBox),
      h("div", { class: "centre-side" }, rates(view), panel("centre.states", view.states),
        panel("centre.alarms", view.alarms, { tight: true, more: moreLink("/lifeline") }))),
    h(
      "div", { class: "centre-low" }, panel("centre.course", view.course, { more: trendChoice(view) }),
      panel("centre.shares", view.shares, { more: shareChoice(view) }), panel("centre.ticker", view.ticker, { tight: true })));
}

function wallLayout(view, leave) {
  const city = view.session.city;
  return h(
    "main", { class: "wall", id: "main" },
    h(
      "header", { class: "wall-head" }, h("h1", { tabindex: -1 }, `${cityName(city)} · ${t("app.title")}`),
      scopeMark(view), h("span", { class: "wall-clock" }, clockLine(view)),
      h("a", { class: "icon-button", href: leave, "aria-label": t("centre.leave_wall"), title: t("centre.leave_wall") }, icon("close"))),
    view.overview, view.figures,
    h(
      "div", { class: "wall-grid" },
      h(
        "div", { class: "wall-side" }, rates(view), panel("centre.states", view.states), panel("centre.course", view.course),
        panel("centre.alarms", view.alarms, { tight: true })),
      h("div", { class: "panel centre-map-panel" }, view.mapBox),
      h("div", { class: "wall-side" }, panel("centre.shares", view.shares), panel("centre.ticker", view.ticker, { tight: true }))));
}

function panel(key, body, { tight = false, more } = {}) {
  return h(
    "section", { class: "panel" }, h("header", { class: "panel-head" }, h("h2", {}, t(key)), more),
    h("div", { class: tight ? "panel-body tight" : "panel-body" }, body));
}

const moreLink = (to) => h("a", { class: "button quiet small", href: to }, t("action.all"));
const rates = (view) => may(view.session.user, "read_indicators") && panel("centre.rates", cityRates(view.signal));

/** The one district that everything is about, and the way back to the whole city. */
function scopeMark(view) {
  if (!view.district) return null;
  const name = h("span", {}, view.district);
  names().then((known) => put(name, known.district(view.district)));
  const whole = `/centre${view.wall ? "?wall=1" : ""}`;
  return h("a", { class: "button small", href: whole, title: t("centre.whole_city") }, name, icon("close", { size: 12 }),
    h("span", { class: "hidden" }, t("centre.whole_city")));
}

function choice(label, values, current, choose) {
  const element = h("div", { class: "segments", role: "group", "aria-label": label });
  const draw = (chosen) => patch(element, values.map(({ value, text }) => h(
    "button", { type: "button", class: "button small", "aria-pressed": String(value === chosen), "data-key": value, onclick: () => {
      draw(value);
      choose(value);
      element.querySelector("[aria-pressed=true]").focus();
    } }, text)));
  draw(current);
  return element;
}

const shareChoice = (view) => choice(t("centre.shares"), DIVIDED.map((value) => ({ value, text: t(`by.${value}`) })), view.by, (by) => {
  view.by = by;
  if (view.last) drawShares(view.shares, view.last, by, view.names, view.scope);
});

function trendChoice(view) {
  return choice(t("centre.course"), TRENDS.map((value) => ({ value, text: t(`trend.${value}`) })), view.trend, (trend) => {
    view.trend = trend;
    view.overview.reload();
  });
}

function clockLine(view) {
  const element = h("span", {});
  const tell = () => put(element, h("span", { class: "clock-day" }, longDay(now())), h("span", {}, clock(now())));
  tell();
  const timer = setInterval(tell, 1_000);
  view.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  return element;
}

function drawOverview(view, data) {
  view.last = data;
  drawFigures(view.figures, data, view.scope);
  drawStates(view.states, data, view.scope);
  patch(view.course, dayCourse(data.trend ?? [], view.scope));
  drawShares(view.shares, data, view.by, view.names, view.scope);
}

function alarmPanel(view) {
  return loading(view.signal, placedAlarms(view.signal), (alarms) => {
    view.map.alarms(alarms);
    if (!alarms.length) return empty(t("centre.no_alarms"), t("centre.no_alarms_hint"));
    return h("ul", { class: "alarm-rows" }, alarms.slice(0, ALARM_ROWS).map((alarm) => h("li", { "data-key": alarm.id }, h(
      "a", { class: "alarm-row", href: `/lifeline/${encodeURIComponent(alarm.sensor)}` }, severityBadge(alarm.severity),
      h("span", { class: "alarm-name" }, alarm.sensor_name), h("span", { class: "muted" }, shortTime(alarm.raised_at))))));
  }, { inPlace: true });
}

function follow(view) {
  const { signal } = view;
  const tiles = changedTiles(view);
  const overview = atMostEvery(OVERVIEW_EVERY_MS, view.overview.reload, signal);
  const alarmList = atMostEvery(ALARMS_EVERY_MS, view.alarms.reload, signal);
  const ticker = atMostEvery(TICKER_EVERY_MS, () => drawTicker(view), signal);
  listen("case", (row) => {
    tiles(row);
    if (!row) {
      overview();
      return startTicker(view);
    }
    if (view.district && row.district !== view.district) return;
    view.events.unshift({ change: row.change, at: row.changed_at ?? now(), row });
    view.events.length = Math.min(view.events.length, TICKER_ROWS);
    ticker();
    overview();
  }, signal);
  const anew = () => {
    alarmList();
    overview();
  };
  listen("overview", overview, signal);
  listen("alarm", anew, signal);
  // Days end and panels fail also while nothing happens.
  const timer = setInterval(anew, ANEW_EVERY_MS);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

/** Told of what has happened to cases, asks for the tiles that show them: one place at once, many together. */
function changedTiles({ map, signal }) {
  let places = [];
  const refresh = atMostEvery(TILES_EVERY_MS, () => {
    map.refresh(places);
    places = [];
  }, signal);
  return (row) => {
    // Where a case that is placed anew stood before, nobody says.
    if (!row || row.change === "placed" || places?.length === PLACES) places = null;
    else if (row.point) places?.push(row.point);
    else return;
    refresh();
  };
}

/** Until something happens, the newest cases stand there. */
async function startTicker(view) {
  view.events = [];
  const asked = queryText({ sort: "newest", limit: TICKER_ROWS, district: view.district });
  const { cases } = await get(`/api/cases${asked}`, { signal: view.signal }).catch(() => ({ cases: [] }));
  if (view.signal.aborted || view.events.length) return;
  view.events = cases.map((row) => ({ change: "filed", at: row.filed_at, row }));
  drawTicker(view);
}

function drawTicker(view) {
  if (!view.events.length) return patch(view.ticker, h("li", {}, empty(t("centre.quiet"), t("centre.quiet_hint"))));
  return patch(view.ticker, view.events.map(({ change, at, row }) => h(
    "li", { "data-key": `${row.number} ${row.version}` }, h(
      "a", { class: "tick", href: `/cases/${encodeURIComponent(row.number)}` }, h("span", { class: "muted" }, clock(at)),
      h("span", { class: "tick-what" }, change ? word("fact", change) : stateBadge(row.state)),
      h("span", { class: "tick-text" }, nameOf(row, "kind_name") || row.kind,
        row.district && ` · ${view.names?.district(row.district) ?? row.district}`)))));
}
