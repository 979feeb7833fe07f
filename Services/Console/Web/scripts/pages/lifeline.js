// Lifeline (城市生命线): what the city's assets report, and what is wrong just now.

import { count } from "../core/format.js";
import { h, put } from "../core/h.js";
import { t } from "../core/i18n.js";
import { shortcuts, walkRows } from "../core/keys.js";
import { atMostEvery, listen } from "../core/live.js";
import { may } from "../core/rights.js";
import { navigate, rewrite } from "../core/router.js";
import { query as queryText } from "../core/api.js";
import { word } from "../parts/badge.js";
import { empty, loading } from "../parts/states.js";
import { SEVERITIES } from "../parts/tone.js";
import { acknowledge, alarmRow } from "../insight/alarmrow.js";
import { everything } from "../insight/all.js";
import { join, readLifeline, worstAlarm } from "../insight/lifelinedata.js";
import { lifelineMap } from "../insight/lifelinemap.js";
import { sensorList } from "../insight/sensorlist.js";

const ALARMS_EVERY_MS = 1_500;
const ALL_EVERY_MS = 60_000;
const TYPING_MS = 150;
const TABS = ["alarms", "sensors"];
const CLOSED_SHOWN = 200;
const STATES = ["current", "open", "acknowledged", "closed"];

export function lifeline({ query, session, signal }) {
  const read = (name) => query.get(name) ?? "";
  const view = {
    signal, data: null, closed: null, mayAct: may(session.user, "acknowledge"),
    filters: {
      tab: TABS.includes(read("tab")) ? read("tab") : "alarms", state: STATES.includes(read("state")) ? read("state") : "current",
      severity: read("severity"), kind: read("kind"), q: read("q"),
    },
    tabs: h("div", { class: "life-tabs", role: "tablist", "aria-label": t("lifeline.lists") }),
      tools: h("div", { class: "life-tools", role: "search" }),
    list: h("div", { class: "life-list", id: "life-list", role: "tabpanel", tabindex: 0 }),
      sum: h("span", { class: "page-sub", role: "status" }),
    mapBox: h("div", { class: "map life-map" }),
  };
  view.map = lifelineMap(view.mapBox, signal);
  view.lists = loading(signal, () => readLifeline(signal), (data) => {
    view.data = data;
    view.map.draw(data);
    draw(view);
    return [view.tabs, view.tools, view.list];
  }, { lines: 10, className: "life-lists" });
  drawTools(view);
  follow(view);
  walkRows(view.list, "li", { next: t("key.next"), previous: t("key.previous"), open: t("key.open") }, signal,
    (row) => row.querySelector("a")?.click());
  shortcuts({
    "/": { label: t("key.search"), run: () => view.search.focus() },
    a: { label: t("lifeline.acknowledge"), run: () => acknowledgeChosen(view) },
  }, signal);
  const node = h(
    "div", { class: "page" }, h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("nav.lifeline")), view.sum),
    h(
      "div", { class: "life" }, h("div", { class: "panel" }, view.mapBox),
      h("section", { class: "panel life-side", "aria-label": t("lifeline.lists") }, view.lists)));
  return { title: t("nav.lifeline"), node };
}

function change(view, filters) {
  view.filters = { ...view.filters, ...filters };
  const { tab, state, ...rest } = view.filters;
  rewrite(`/lifeline${queryText({ ...rest, tab: tab === "alarms" ? "" : tab, state: state === "current" ? "" : state })}`);
  if (filters.tab) drawTools(view);
  if (view.filters.state === "closed" && view.filters.tab === "alarms" && !view.closed) return loadClosed(view);
  draw(view);
}

function draw(view) {
  if (!view.data) return;
  const { sensors, assets, alarms } = view.data;
  put(view.sum, t("lifeline.summary", { assets: count(assets.length), sensors: count(sensors.length), alarms: count(alarms.length) }));
  drawTabs(view);
  drawKinds(view);
  if (view.filters.tab === "sensors") put(view.list, sensorContent(view));
  else if (view.filters.state !== "closed") put(view.list, alarmContent(view, alarms));
  else if (view.closed) put(view.list, view.closed);
  else loadClosed(view);
}

function matches(view, thing, texts) {
  const { severity, kind, q } = view.filters;
  if (severity && thing.severity !== severity) return false;
  if (kind && thing.kind !== kind) return false;
  const wanted = q.toLowerCase();
  return !wanted || texts.some((text) => text?.toLowerCase().includes(wanted));
}

const alarmMatches = (view, alarm) => matches(view, alarm, [alarm.sensor, alarm.sensor_name, alarm.asset_name, alarm.case_number]);

function alarmContent(view, alarms) {
  const { state, severity, kind, q } = view.filters;
  const shown = alarms.filter((alarm) => (state === "current" || alarm.state === state) && alarmMatches(view, alarm));
  if (shown.length) return alarmItems(view, shown);
  if (severity || kind || q || state !== "current") return empty(t("lifeline.no_alarms"), t("lifeline.no_alarms_hint"));
  return empty(t("centre.no_alarms"), t("centre.no_alarms_hint"));
}

const alarmItems = (view, alarms) =>
  h("ul", {}, alarms.map((alarm) => alarmRow(alarm, { mayAct: view.mayAct, again: view.again })));

/** Closed alarms are asked for only when somebody wants to see them: the newest of them. */
function loadClosed(view) {
  const sensors = () => view.data?.sensors ?? [];
  view.closed = loading(view.signal, () => everything("/api/alarms", "alarms", { state: "closed" }, view.signal), (alarms) => {
    const named = join(sensors(), view.data?.assets ?? [], alarms.slice(0, CLOSED_SHOWN)).alarms.sort(worstAlarm);
    const shown = named.filter((alarm) => alarmMatches(view, alarm));
    return shown.length ? alarmItems(view, shown) : empty(t("lifeline.no_alarms"), t("lifeline.no_alarms_hint"));
  }, { lines: 8 });
  draw(view);
}

function sensorContent(view) {
  const { sensors } = view.data;
  if (!sensors.length) return empty(t("lifeline.no_sensors"), t("lifeline.no_sensors_hint"));
  const shown = sensors.filter((sensor) => matches(view, sensor, [sensor.code, sensor.name, sensor.asset_name, sensor.quantity]));
  return shown.length ? sensorList(shown) : empty(t("lifeline.no_match"), t("lifeline.no_match_hint"));
}

function drawTabs(view) {
  const numbers = { alarms: view.data.alarms.length, sensors: view.data.sensors.length };
  const focused = view.tabs.contains(document.activeElement);
  put(view.tabs, TABS.map((tab) => h(
    "button", {
      type: "button", class: "life-tab", role: "tab", id: `life-tab-${tab}`, "aria-selected": String(tab === view.filters.tab),
        "aria-controls": "life-list",
      tabindex: tab === view.filters.tab ? 0 : -1, onclick: () => change(view, { tab }),
      onkeydown: (event) => /^Arrow(Left|Right)$/.test(event.key) && change(view, { tab: TABS.find((one) => one !== tab) }),
    }, t(`lifeline.tab_${tab}`), h("span", { class: numbers[tab] && tab === "alarms" ? "count" : "count count-none" },
      count(numbers[tab])))));
  view.list.setAttribute("aria-labelledby", `life-tab-${view.filters.tab}`);
  if (focused) view.tabs.querySelector("[aria-selected=true]")?.focus();
}

function drawTools(view) {
  const { filters } = view;
  const choice = (name, options) => {
    const element = h("select", { class: "input small-input", "aria-label": t(`lifeline.${name}`) }, options.map(([value, label]) =>
      h("option", { value, selected: value === filters[name] }, label)));
    element.addEventListener("change", () => {
      if (name !== "state") view.closed = null;
      change(view, { [name]: element.value });
    });
    return element;
  };
  view.search = h("input", {
    class: "input small-input life-search", type: "search", value: filters.q, maxlength: 80, placeholder: t("lifeline.search"),
      "aria-label": t("lifeline.search"),
  });
  let timer = 0;
  view.search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      view.closed = null;
      change(view, { q: view.search.value.trim() });
    }, TYPING_MS);
  });
  view.kinds = choice("kind", [["", t("lifeline.any_kind")], ...(filters.kind ? [[filters.kind, word("kind", filters.kind)]] : [])]);
  put(
    view.tools, view.search,
    filters.tab === "alarms" && choice("state", STATES.map((state) => [state,
      state === "current" ? t("lifeline.current") : t(`alarm.${state}`)])),
    choice("severity", [["", t("lifeline.any_severity")], ...SEVERITIES.map((one) => [one, t(`severity.${one}`)])]), view.kinds);
}

/** The kinds of assets that there are. */
function drawKinds(view) {
  const all = [...new Set(view.data.assets.map((asset) => asset.kind).filter(Boolean))].sort();
  put(view.kinds, [["", t("lifeline.any_kind")], ...all.map((kind) => [kind, word("kind", kind)])].map(([value, label]) =>
    h("option", { value, selected: value === view.filters.kind }, label)));
}

function acknowledgeChosen(view) {
  const id = view.list.querySelector('[aria-current="true"]')?.dataset.alarm;
  const alarm = view.data?.alarms.find((one) => one.id === id);
  if (alarm?.state === "open" && view.mayAct) acknowledge(alarm, view.again);
}

/** What is being read or typed is not taken away: a list that comes anew keeps the chosen row and the place. */
function follow(view) {
  const reload = async () => {
    const chosen = view.list.querySelector('[aria-current="true"]')?.dataset.alarm;
    const place = view.list.scrollTop;
    view.closed = null;
    await view.lists.reload();
    view.list.scrollTop = place;
    const row = chosen && view.list.querySelector(`[data-alarm="${CSS.escape(chosen)}"]`);
    row?.setAttribute("aria-current", "true");
    if (document.activeElement === document.body) row?.querySelector("a")?.focus({ preventScroll: true });
  };
  view.again = reload;
  listen("alarm", atMostEvery(ALARMS_EVERY_MS, reload, view.signal), view.signal);
  const timer = setInterval(() => document.visibilityState === "visible" && reload(), ALL_EVERY_MS);
  view.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}
