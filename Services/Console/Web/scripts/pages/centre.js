// The centre (一屏通览): the city on one screen. Map, figures, the day's course, districts, alarms, what is just happening.

import { get } from "../core/api.js";
import { divisionName, divisions, names } from "../core/directory.js";
import { clock, count, longDay, now, shortTime } from "../core/format.js";
import { h, put } from "../core/h.js";
import { nameOf, pick, t } from "../core/i18n.js";
import { shortcuts } from "../core/keys.js";
import { atMostEvery, listen } from "../core/live.js";
import { navigate } from "../core/router.js";
import { flags, severityBadge, stateBadge, word } from "../parts/badge.js";
import { addAlarms, addCases, clickable, legend, mapCard } from "../parts/casemap.js";
import { dayCourse } from "../parts/daycourse.js";
import { icon } from "../parts/icon.js";
import { addDivisions, addNames, boundsOf, showMap } from "../parts/map.js";
import { empty, failed, loading } from "../parts/states.js";
import { OPEN_STATES } from "../parts/tone.js";
import { placedAlarms } from "../parts/placedalarms.js";
import { cityRates } from "../parts/rates.js";

const TILES_EVERY_MS = 1_000;
const OVERVIEW_EVERY_MS = 5_000;
const ALARMS_EVERY_MS = 2_000;
const TICKER_ROWS = 8;

const FIGURES = [
  { key: "open", to: "/cases?state=open", lead: true },
  { key: "overdue", to: "/cases?state=open&overdue=true", tone: "bad" },
  { key: "undispatched", to: "/cases?state=pending_dispatch" },
  { key: "returned", to: "/cases?state=returned" },
  { key: "supervised", to: "/cases?state=open&supervised=true" },
  { key: "unplaced", to: "/cases?state=open&unplaced=true" },
  { key: "filed_today", to: "/cases?from=today" },
  { key: "closed_today", to: "/cases?state=closed&sort=ended" },
  { key: "alarms_open", to: "/lifeline", tone: "warn" },
];

export function centre({ query, session, signal }) {
  const wall = query.get("wall") === "1";
  const view = {
    wall, session, signal, district: query.get("district") ?? "", names: null, map: null, cases: null,
    figures: h("div", { class: "figures" }), states: h("div"), course: h("div"), districts: h("div"), ticker: h("ol", { class: "ticker" }),
    mapBox: h("div", { class: "map centre-map" }), events: [],
  };
  const overview = loading(signal, () => get(`/api/overview${view.district ? `?district=${view.district}` : ""}`, { signal }), (data) => {
    drawOverview(view, data);
    return [];
  }, { lines: 0 });
  view.reload = overview.reload;
  const alarms = alarmPanel(view);
  const node = wall ? wallLayout(view, alarms, overview) : workLayout(view, alarms, overview);
  drawTicker(view);
  names().then((known) => {
    view.names = known;
    drawTicker(view);
    if (view.last) drawOverview(view, view.last);
  });
  startMap(view);
  follow(view, alarms);
  shortcuts({ w: { label: t("centre.wall"), run: () => navigate(wall ? "/centre" : "/centre?wall=1") } }, signal);
  return { title: t("nav.centre"), node, wall };
}

function workLayout(view, alarms, overview) {
  return h(
    "div", { class: "page centre" },
    h(
      "div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("nav.centre")), h("span", { class: "page-sub" }, clockLine(view)),
      h("a", { class: "button small", href: "/centre?wall=1" }, icon("wall"), t("centre.wall"))),
    overview, view.figures,
    h(
      "div", { class: "centre-grid" }, h("div", { class: "panel centre-map-panel" }, view.mapBox),
      h("div", { class: "centre-side" }, panel("centre.rates", cityRates(view.signal)), panel("centre.states", view.states),
        panel("centre.alarms", alarms, { tight: true, more: "/lifeline" }))),
    h(
      "div", { class: "centre-low" }, panel("centre.course", view.course), panel("centre.districts", view.districts),
      panel("centre.ticker", view.ticker, { tight: true })));
}

function wallLayout(view, alarms, overview) {
  const city = view.session.city;
  return h(
    "main", { class: "wall", id: "main" },
    h(
      "header", { class: "wall-head" },
      h("h1", { tabindex: -1 }, `${pick(city?.name, city?.name_en ?? city?.name)} · ${t("app.title")}`),
        h("span", { class: "wall-clock" }, clockLine(view, true)),
      h("a", { class: "icon-button", href: "/centre", "aria-label": t("centre.leave_wall"), title: t("centre.leave_wall") },
        icon("close"))),
    overview, view.figures,
    h(
      "div", { class: "wall-grid" },
      h(
        "div", { class: "wall-side" }, panel("centre.rates", cityRates(view.signal)), panel("centre.states", view.states),
        panel("centre.course", view.course), panel("centre.alarms", alarms, { tight: true })),
      h("div", { class: "panel centre-map-panel" }, view.mapBox),
      h("div", { class: "wall-side" }, panel("centre.districts", view.districts), panel("centre.ticker", view.ticker, { tight: true }))));
}

function panel(key, body, { tight = false, more } = {}) {
  return h(
    "section", { class: "panel" },
    h("header", { class: "panel-head" }, h("h2", {}, t(key)), more && h("a", { class: "button quiet small", href: more }, t("action.all"))),
    h("div", { class: tight ? "panel-body tight" : "panel-body" }, body));
}

function clockLine(view, long = false) {
  const element = h("span", {});
  const tell = () => put(element, long && h("span", { class: "wall-day" }, longDay(now())), h("span", {}, clock(now())));
  tell();
  const timer = setInterval(tell, 1_000);
  view.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  return element;
}

function drawOverview(view, data) {
  view.last = data;
  const at = view.district ? `district=${encodeURIComponent(view.district)}` : "";
  const link = (to) => (at && to.startsWith("/cases") ? `${to}${to.includes("?") ? "&" : "?"}${at}` : to);
  put(view.figures, FIGURES.map(({ key, to, tone, lead }) => {
    const value = data[key];
    const marked = tone && value > 0 ? `figure figure-${tone}` : lead ? "figure figure-lead" : "figure";
    return h("a", { class: marked, href: link(to) }, h("span", { class: "figure-name" }, t(`figure.${key}`)),
      h("span", { class: "figure-value" }, count(value)));
  }));
  drawStates(view, data, link);
  put(view.course, dayCourse(data.trend ?? []));
  drawDistricts(view, data);
}

function drawStates(view, data, link) {
  const counts = new Map((data.by_state ?? []).map((row) => [row.state, row.count]));
  const most = Math.max(1, ...OPEN_STATES.map((state) => counts.get(state) ?? 0));
  put(view.states, OPEN_STATES.map((state) => {
    const value = counts.get(state) ?? 0;
    return h(
      "a", { class: `bar-row state-${state}`, href: link(`/cases?state=${state}`) }, stateBadge(state),
      h("span", { class: "bar", "aria-hidden": "true" }, h("i", { css: { width: `${(100 * value) / most}%` } })),
        h("span", { class: "number" }, count(value)));
  }));
}

function drawDistricts(view, data) {
  const rows = [...(data.by_district ?? [])].sort((a, b) => b.open - a.open);
  if (!rows.length) return put(view.districts, empty(t("centre.no_districts")));
  const most = Math.max(1, ...rows.map((row) => row.open));
  put(view.districts, h("div", { class: "district-rows" }, rows.map((row) => h(
    "a", { class: "bar-row bar-row-wide", href: `/cases?state=open&district=${encodeURIComponent(row.code)}` },
    h("span", {}, divisionName(row, row.code)),
    h(
      "span", { class: "bar", "aria-hidden": "true" }, h("i", { css: { width: `${(100 * row.open) / most}%` } }),
      h("i", { class: "bar-late", css: { width: `${(100 * row.overdue) / most}%` } })),
    h("span", { class: "number" }, count(row.open)),
    h("span", { class: row.overdue ? "number due-late" : "number muted" },
      row.overdue ? t("centre.late", { n: count(row.overdue) }) : "–")))));
}

function alarmPanel(view) {
  return loading(view.signal, () => placedAlarms(view.signal), (alarms) => {
    view.alarms = alarms;
    if (view.map) addAlarms(view.map, alarms, openAlarm);
    if (!alarms.length) return empty(t("centre.no_alarms"), t("centre.no_alarms_hint"));
    return h("ul", { class: "alarm-rows" }, alarms.slice(0, 6).map((alarm) => h("li", {}, h(
      "a", { class: "alarm-row", href: `/lifeline/${encodeURIComponent(alarm.sensor)}` }, severityBadge(alarm.severity),
      h("span", { class: "alarm-name" }, alarm.sensor_name ?? alarm.sensor), h("span", { class: "muted" }, shortTime(alarm.raised_at))))));
  });
}

const openAlarm = (alarm) => navigate(`/lifeline/${encodeURIComponent(alarm.sensor)}`);

async function startMap(view) {
  try {
    const [districts, streets] = await Promise.all([divisions("district"), divisions("street").catch(() => null)]);
    const map = await showMap(view.mapBox, { label: t("centre.map"), bounds: boundsOf(districts), signal: view.signal });
    if (view.signal.aborted) return;
    view.map = map;
    const card = mapCard(view.mapBox);
    addDivisions(map, districts, streets);
    addNames(map);
    view.cases = addCases(map, {}, { onCases: (found) => card.show(t("centre.cases_here", { n: found.length }), caseList(found)) });
    if (view.alarms) addAlarms(map, view.alarms, openAlarm);
    chooseDistricts(view, map, card);
    view.mapBox.append(legend());
    view.mapBox.dataset.ready = "true";
  } catch (error) {
    if (view.signal.aborted) return;
    const words = error?.words ? error : { words: { zh: t("error.map"), en: t("error.map") } };
    put(view.mapBox, failed(words));
  }
}

function caseList(found) {
  return h("ul", {}, found.map((one) => h(
    "li", {}, h("a", { class: "mono", href: `/cases/${encodeURIComponent(one.number)}` }, one.number), " ",
    h("span", { class: "flags" }, flags({ urgent: asBool(one.urgent), overdue: asBool(one.overdue) })),
      h("div", {}, stateBadge(one.state)))));
}

const asBool = (value) => value === true || value === 1 || value === "true";

function chooseDistricts(view, map, card) {
  let hovered = null;
  const mark = (code, state) => code !== null && map.setFeatureState({ source: "districts", id: code }, state);
  map.on("mousemove", "chosen", ({ features }) => {
    const code = features[0]?.properties.code ?? null;
    if (code === hovered) return;
    mark(hovered, { hover: false });
    hovered = code;
    mark(code, { hover: true });
  });
  map.on("mouseleave", "chosen", () => {
    mark(hovered, { hover: false });
    hovered = null;
  });
  let chosen = null;
  map.on("click", "chosen", (event) => {
    if (map.queryRenderedFeatures(event.point,
      { layers: ["points", "clusters", ...(map.getLayer("alarms") ? ["alarms"] : [])] }).length) return;
    const area = event.features[0].properties;
    mark(chosen, { chosen: false });
    chosen = area.code;
    mark(chosen, { chosen: true });
    const row = view.last?.by_district?.find((one) => one.code === area.code);
    card.show(divisionName(area, area.code), h(
      "ul", {}, row && h("li", {}, t("centre.district_open", { open: count(row.open), overdue: count(row.overdue) })),
      h("li", {}, h("a", { href: `/cases?state=open&district=${encodeURIComponent(area.code)}` }, t("centre.district_cases")))));
  });
}

function follow(view, alarms) {
  const { signal } = view;
  const tiles = atMostEvery(TILES_EVERY_MS, () => view.cases?.refresh(), signal);
  const overview = atMostEvery(OVERVIEW_EVERY_MS, view.reload, signal);
  const alarmList = atMostEvery(ALARMS_EVERY_MS, alarms.reload, signal);
  const ticker = atMostEvery(250, () => drawTicker(view), signal);
  listen("case", (event) => {
    const row = event?.case ?? event;
    view.events.unshift({ change: event?.change, at: event?.changed_at ?? now(), row });
    view.events.length = Math.min(view.events.length, TICKER_ROWS);
    ticker();
    tiles();
    overview();
  }, signal);
  listen("overview", overview, signal);
  listen("alarm", alarmList, signal);
}

function drawTicker(view) {
  if (!view.events.length) return put(view.ticker, h("li", {}, empty(t("centre.quiet"), t("centre.quiet_hint"))));
  put(view.ticker, view.events.map(({ change, at, row }) => h(
    "li", {}, h(
      "a", { class: "tick", href: `/cases/${encodeURIComponent(row.number)}` }, h("span", { class: "muted" }, clock(at)),
      h("span", { class: "tick-what" }, change ? word("fact", change) : stateBadge(row.state)),
      h("span", { class: "tick-text" }, nameOf(row, "kind_name") || row.kind,
        row.district && ` · ${view.names?.district(row.district) ?? row.district}`)))));
}
