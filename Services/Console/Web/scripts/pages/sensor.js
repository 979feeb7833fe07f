// One sensor: what it reads now, its curve with thresholds, alarms and gaps, and what alarms there were.

import { get, query as queryText } from "../core/api.js";
import { ago, dateTime, duration, now } from "../core/format.js";
import { h, put } from "../core/h.js";
import { t } from "../core/i18n.js";
import { shortcuts } from "../core/keys.js";
import { atMostEvery, listen } from "../core/live.js";
import { may } from "../core/rights.js";
import { navigate, rewrite } from "../core/router.js";
import { severityBadge, word } from "../parts/badge.js";
import { icon } from "../parts/icon.js";
import { empty, loading } from "../parts/states.js";
import { alarmHistory } from "../insight/alarmhistory.js";
import { acknowledge } from "../insight/alarmrow.js";
import { everything } from "../insight/all.js";
import { chartFailed, showChart } from "../insight/chart.js";
import { isSilent, join, nameAlarm, reading, worstAlarm } from "../insight/lifelinedata.js";
import { pointsOption, seen, seriesOption, SPANS, spanWords } from "../insight/serieschart.js";
import { askSeries, extent, refine } from "../insight/seriesdata.js";

const ZOOM_REST_MS = 250;
const AGAIN_EVERY_MS = 3_000;
/** Zoomed to more than this share of the span, the coarse readings are fine enough. */
const COARSE_SHARE = .8;

export function sensor({ params, query, session, signal }) {
  const chosen = query.get("span");
  const view = {
    code: decodeURIComponent(params.code), signal, spanName: chosen in SPANS ? chosen : "week", chart: null, sensor: null,
    /** Where the span ends, in milliseconds; null: now, or the newest reading of a sensor that has been quiet for longer than the span. */
    end: Date.parse(query.get("until") ?? "") || null,
    mayAct: may(session.user, "acknowledge"),
    title: h("h1", { tabindex: -1 }, decodeURIComponent(params.code)), about: h("span", { class: "page-sub" }), figures: h("div"),
    head: h("header", { class: "panel-head" }), canvas: h("div", { class: "series" }),
      foot: h("div", { class: "series-foot", role: "status" }),
    history: h("div"), points: [], base: [],
  };
  view.info = loading(signal, () => readSensor(view), (found) => drawSensor(view, found), { lines: 3 });
  view.curve = loading(signal, () => readSeries(view), (series) => drawSeries(view, series), { lines: 9 });
  drawHead(view);
  listen("alarm", atMostEvery(AGAIN_EVERY_MS, () => refresh(view), signal), signal);
  shortcuts({
    b: { label: t("key.back"), run: () => navigate("/lifeline") },
    0: { label: t("lifeline.whole"), run: () => whole(view) },
    ArrowLeft: { label: t("lifeline.earlier"), run: () => shift(view, -1) },
    ArrowRight: { label: t("lifeline.later"), run: () => shift(view, 1) },
  }, signal);
  view.panels = [
    h("section", { class: "panel" }, view.head, h("div", { class: "panel-body" }, view.curve)),
    h("section", { class: "panel" }, h("header", { class: "panel-head" }, h("h2", {}, t("lifeline.history"))), view.history),
  ];
  const node = h(
    "div", { class: "page" },
    h(
      "div", { class: "page-head" }, h("a", { class: "icon-button", href: "/lifeline", "aria-label": t("lifeline.back"),
        title: t("lifeline.back") }, icon("left")),
      view.title, view.about),
    view.info, view.panels);
  return { title: view.code, node };
}

function refresh(view) {
  view.info.reload();
  view.curve.reload();
}

/** Also what `view.known` waits for. */
function readSensor(view) {
  const asked = askSensor(view);
  view.known ??= asked.then(({ sensors: [found] }) => {
    view.sensor = found ?? null;
    view.missing = !found;
  }, () => null);
  return asked;
}

async function askSensor(view) {
  const { signal } = view;
  const path = `/api/sensors/${encodeURIComponent(view.code)}`;
  const [sensors, assets, alarms] = await Promise.all([
    get(path, { signal }).then((found) => [found], nothingIfUnknown), everything("/api/assets", "assets", {}, signal).catch(() => []),
    everything("/api/alarms", "alarms", { state: ["open", "acknowledged"], sensor: view.code }, signal).catch(() => []),
  ]);
  return join(sensors, assets, alarms);
}

function nothingIfUnknown(error) {
  if (error.status === 404) return [];
  throw error;
}

function drawSensor(view, { sensors: [found], alarms }) {
  view.panels.forEach((panel) => (panel.hidden = !found));
  if (!found) return empty(t("lifeline.no_sensor"), t("lifeline.no_sensor_hint"));
  view.sensor = found;
  put(view.title, found.name);
  put(view.about, [found.asset_name, found.kind && word("kind", found.kind), found.code].filter(Boolean).join(" · "));
  document.title = `${found.name} · ${t("app.name")}`;
  const silent = isSilent(found, now());
  const worst = alarms[0];
  return h(
    "div", { class: "sensor-figures" },
    figure(t("lifeline.value"), reading(found.last_value, found.unit), found.quantity),
    figure(
      t("lifeline.read_at"), found.last_at ? ago(found.last_at) : "–",
      found.last_at ? h("span", { class: silent ? "due-near" : null },
        [silent && t("lifeline.silent"), dateTime(found.last_at)].filter(Boolean).join(" · ")) : t("lifeline.never")),
    figure(t("lifeline.state_now"), worst ? severityBadge(worst.severity) : t("lifeline.normal"), worst && worstText(view, worst)),
    figure(t("lifeline.thresholds"), thresholds(found)),
    figure(t("lifeline.interval"), found.interval_s ? intervalText(found.interval_s) : "–"));
}

function worstText(view, alarm) {
  const since = t("lifeline.since", { time: dateTime(alarm.began_at) });
  const text = [word("alarm", alarm.state), word("cause", alarm.cause), since].join(" · ");
  if (alarm.state !== "open" || !view.mayAct) return text;
  const act = () => acknowledge(alarm, () => refresh(view));
  const button = h("button", { type: "button", class: "button small", onclick: act }, t("lifeline.acknowledge"));
  return [text, h("div", { class: "sensor-do" }, button)];
}

const intervalText = (seconds) => (seconds < 120 ? t("lifeline.seconds", { n: seconds }) : duration(seconds * 1_000));

function figure(name, value, more) {
  return h(
    "div", { class: "sensor-figure" }, h("span", { class: "figure-name" }, name), h("div", { class: "sensor-figure-value" }, value),
    more && h("div", { class: "sensor-figure-more" }, more));
}

function thresholds(found) {
  const steps = found.thresholds ?? [];
  if (!steps.length) return "–";
  const side = (step) => ((step.above ?? found.above ?? true) ? "lifeline.above" : "lifeline.below");
  return h("ul", { class: "threshold-list" }, steps.map((step) => h(
    "li", {}, severityBadge(step.severity), h("span", {}, t(side(step), { limit: reading(step.limit, found.unit) })))));
}

function drawHead(view) {
  const spans = h("div", { class: "segments", role: "group", "aria-label": t("lifeline.span") }, Object.keys(SPANS).map((name) => h(
    "button", { type: "button", class: "button small", "aria-pressed": String(name === view.spanName),
      onclick: () => chooseSpan(view, name) }, t(`span.${name}`))));
  const back = h("button", { type: "button", class: "button small", hidden: !view.zoomed, onclick: () => whole(view) },
    t("lifeline.whole"));
  view.back = back;
  const name = view.series?.sensor?.quantity ?? view.sensor?.quantity ?? t("lifeline.reading");
  const focused = view.head.contains(document.activeElement);
  const atEnd = spanOf(view)[1] >= now() - 1_000;
  const step = (by, key, mark) => h("button", {
    type: "button", class: "icon-button", "aria-label": t(key), title: t(key), disabled: by > 0 && atEnd, onclick: () => shift(view, by),
  }, icon(mark));
  put(view.head, h("h2", {}, name), back, step(-1, "lifeline.earlier", "left"), spans, step(1, "lifeline.later", "right"));
  if (focused) spans.querySelector("[aria-pressed=true]").focus();
}

function chooseSpan(view, name) {
  view.spanName = name;
  again(view);
}

/** The span before, or after; never beyond now. */
function shift(view, by) {
  const [, to] = spanOf(view);
  const end = to + by * SPANS[view.spanName];
  view.end = end >= now() ? null : end;
  again(view);
}

/** Shows an alarm in the middle of the span. */
function showAlarm(view, alarm) {
  const [from, to] = [Date.parse(alarm.began_at), alarm.closed_at ? Date.parse(alarm.closed_at) : now()];
  view.end = Math.min(now(), (from + to) / 2 + SPANS[view.spanName] / 2);
  again(view);
  view.head.scrollIntoView({ block: "start" });
}

function again(view) {
  view.zoomed = false;
  const until = view.end === null ? "" : new Date(view.end).toISOString();
  rewrite(`/lifeline/${encodeURIComponent(view.code)}${queryText({ span: view.spanName === "week" ? "" : view.spanName, until })}`);
  drawHead(view);
  view.curve.reload();
}

function spanOf(view) {
  const length = SPANS[view.spanName];
  const newest = Date.parse(view.sensor?.last_at ?? "");
  const quiet = newest < now() - length;
  const to = view.end ?? (quiet ? newest + length / 50 : now());
  return [to - length, to];
}

async function readSeries(view) {
  await view.known;
  const span = spanOf(view);
  if (view.missing) return { span, points: [], gaps: [], alarms: [] };
  const series = await askSeries(view.code, ...span, view.signal);
  return { ...series, span };
}

function drawSeries(view, series) {
  if (view.zoomed) return [view.canvas, view.foot];
  view.series = series;
  view.base = series.points ?? [];
  view.points = view.base;
  view.gaps = series.gaps ?? [];
  drawHead(view);
  drawHistory(view);
  if (!view.base.length) {
    view.chart?.dispose();
    view.chart = null;
    return empty(t("lifeline.no_readings"), t("lifeline.no_readings_hint"));
  }
  setTimeout(() => drawChart(view));
  return [view.canvas, view.foot];
}

/** What the curve is of; the series brings its sensor along. */
const about = (view) => ({ unit: view.series.unit, ...view.sensor, ...view.series.sensor });

async function drawChart(view) {
  const { series, signal } = view;
  const shown = about(view);
  const label = t("lifeline.series", { sensor: shown.name ?? view.code, quantity: shown.quantity ?? "" });
  try {
    if (!view.chart) {
      view.chart = await showChart(view.canvas, { label, signal });
      if (!view.chart) return;
      view.chart.on("datazoom", () => zoomed(view));
    }
    view.chart.setOption(seriesOption(series, view.points, series.span, shown), { notMerge: true });
    view.canvas.dataset.ready = "true";
    tell(view, series.span);
  } catch {
    if (!signal.aborted) chartFailed(view.canvas);
  }
}

function tell(view, range) {
  const found = extent(view.points, ...range);
  const shown = about(view);
  put(
    view.foot, h("span", {}, spanWords(range, found?.n ?? 0)),
    found && h("span", {}, t("lifeline.range", { low: reading(found.low, shown.unit), high: reading(found.high, shown.unit) })),
    h("span", {}, t("lifeline.zoom_hint")));
}

/** Waits until the hand rests, then asks for finer readings of what is seen. */
function zoomed(view) {
  clearTimeout(view.timer);
  view.timer = setTimeout(() => finer(view), ZOOM_REST_MS);
}

async function finer(view) {
  const { series, signal } = view;
  if (signal.aborted || !view.chart) return;
  const range = seen(view.chart.getOption().dataZoom?.[0], series.span);
  const share = (range[1] - range[0]) / (series.span[1] - series.span[0]);
  view.zoomed = share < .999;
  view.back.hidden = !view.zoomed;
  view.asking?.abort();
  if (share > COARSE_SHARE) {
    view.points = view.base;
    view.gaps = series.gaps ?? [];
    view.chart.setOption(pointsOption(series, view.points, view.gaps));
    return tell(view, range);
  }
  view.asking = new AbortController();
  put(view.foot, h("span", {}, t("lifeline.refining")));
  try {
    const fine = await askSeries(view.code, ...range, AbortSignal.any([signal, view.asking.signal]));
    view.points = refine(view.base, fine.points ?? [], ...range);
    const outside = (series.gaps ?? []).filter(([from, to]) => to < range[0] || from > range[1]);
    view.gaps = [...outside, ...(fine.gaps ?? [])];
    view.chart?.setOption(pointsOption(series, view.points, view.gaps));
  } catch (error) {
    // The coarse readings stay; the next zoom asks again.
    if (error?.name === "AbortError") return;
  }
  tell(view, range);
}

function whole(view) {
  if (!view.chart) return;
  view.chart.dispatchAction({ type: "dataZoom", start: 0, end: 100 });
}

function drawHistory(view) {
  const shown = about(view);
  const alarms = (view.series.alarms ?? []).map((alarm) => nameAlarm(alarm, { ...shown, asset_name: "" })).sort(worstAlarm);
  put(view.history, alarmHistory(alarms, {
    show: (alarm) => showAlarm(view, alarm), acknowledge: view.mayAct && ((alarm) => acknowledge(alarm, () => refresh(view))),
  }));
}
