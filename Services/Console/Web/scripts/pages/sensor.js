// One sensor: what it reads now, its curve with thresholds, alarms and gaps, and what alarms there were.

import { ago, dateTime, duration, now } from "../core/format.js";
import { h, put } from "../core/h.js";
import { t } from "../core/i18n.js";
import { shortcuts } from "../core/keys.js";
import { atMostEvery, listen } from "../core/live.js";
import { may } from "../core/rights.js";
import { navigate, rewrite } from "../core/router.js";
import { severityBadge, word } from "../parts/badge.js";
import { icon } from "../parts/icon.js";
import { table } from "../parts/table.js";
import { empty, loading } from "../parts/states.js";
import { acknowledge } from "../insight/alarmrow.js";
import { everything } from "../insight/all.js";
import { chartFailed, showChart } from "../insight/chart.js";
import { isSilent, join, nameAlarm, reading, who, worstAlarm } from "../insight/lifelinedata.js";
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
  }, signal);
  const node = h(
    "div", { class: "page" },
    h(
      "div", { class: "page-head" }, h("a", { class: "icon-button", href: "/lifeline", "aria-label": t("lifeline.back"),
        title: t("lifeline.back") }, icon("left")),
      view.title, view.about),
    view.info, h("section", { class: "panel" }, view.head, h("div", { class: "panel-body" }, view.curve)),
    h(
      "section", { class: "panel" }, h("header", { class: "panel-head" }, h("h2", {}, t("lifeline.history"))), view.history));
  return { title: view.code, node };
}

function refresh(view) {
  view.info.reload();
  view.curve.reload();
}

async function readSensor(view) {
  const { signal } = view;
  const [sensors, assets, alarms] = await Promise.all([
    everything("/api/sensors", "sensors", {}, signal), everything("/api/assets", "assets", {}, signal).catch(() => []),
    everything("/api/alarms", "alarms", { state: ["open", "acknowledged"], sensor: view.code }, signal).catch(() => []),
  ]);
  return join(sensors.filter((one) => one.code === view.code), assets, alarms.filter((one) => one.sensor === view.code));
}

function drawSensor(view, { sensors: [found], alarms }) {
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
  const text = [word("alarm", alarm.state), word("cause", alarm.cause), t("lifeline.since", { time: dateTime(alarm.began_at) })].join(" · ");
  if (alarm.state !== "open" || !view.mayAct) return text;
  const act = () => acknowledge(alarm, () => refresh(view));
  return [text, h("div", { class: "sensor-do" }, h("button", { type: "button", class: "button small", onclick: act }, t("lifeline.acknowledge")))];
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
  return h("ul", { class: "threshold-list" }, steps.map((step) => h(
    "li", {}, severityBadge(step.severity), h("span", {}, t(step.above ?? found.above ?? true ? "lifeline.above" : "lifeline.below",
      { limit: reading(step.limit, found.unit) })))));
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
  put(view.head, h("h2", {}, name), back, spans);
  if (focused) spans.querySelector("[aria-pressed=true]").focus();
}

function chooseSpan(view, name) {
  view.spanName = name;
  view.zoomed = false;
  rewrite(`/lifeline/${encodeURIComponent(view.code)}${name === "week" ? "" : `?span=${name}`}`);
  drawHead(view);
  view.curve.reload();
}

async function readSeries(view) {
  const to = now();
  const span = [to - SPANS[view.spanName], to];
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
  if (!alarms.length) return put(view.history, empty(t("lifeline.history_none"), t("lifeline.no_readings_hint")));
  const columns = [
    { label: t("lifeline.severity"), cell: (alarm) => severityBadge(alarm.severity) },
    { label: t("lifeline.state"), className: "nowrap", cell: (alarm) => word("alarm", alarm.state) },
    { label: t("lifeline.cause"), className: "nowrap", cell: (alarm) => word("cause", alarm.cause) },
    { label: t("lifeline.began"), className: "nowrap", cell: (alarm) => dateTime(alarm.began_at) },
    { label: t("lifeline.closed"), className: "nowrap", cell: (alarm) => (alarm.closed_at ? dateTime(alarm.closed_at) : h("span",
      { class: "muted" }, t("lifeline.not_closed"))) },
    { label: t("lifeline.peak"), className: "number nowrap", cell: (alarm) => (alarm.cause === "threshold" ? reading(alarm.peak_value,
      alarm.unit) : "–") },
    { label: t("lifeline.case"), className: "nowrap", cell: (alarm) => alarm.case_number && h("a", { class: "mono",
      href: `/cases/${encodeURIComponent(alarm.case_number)}` }, alarm.case_number) },
    {
      label: t("lifeline.evidence"), cell: (alarm) => [alarm.evidence, alarm.state !== "open" && (alarm.note || alarm.acknowledged_by) && h(
        "div", { class: "muted" }, [who(alarm.acknowledged_by) && t("lifeline.acknowledged_by", { name: who(alarm.acknowledged_by) }),
          alarm.note].filter(Boolean).join(t("lifeline.colon")))],
    },
    {
      label: h("span", { class: "hidden" }, t("lifeline.acknowledge")), className: "nowrap",
        cell: (alarm) => alarm.state === "open" && view.mayAct && h(
        "button", { type: "button", class: "button small", onclick: () => acknowledge(alarm, () => refresh(view)) },
          t("lifeline.acknowledge")),
    },
  ];
  put(view.history, table(t("lifeline.history"), columns, alarms));
}
