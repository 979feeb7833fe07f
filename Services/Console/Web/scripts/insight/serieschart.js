// The curve of a sensor: readings, thresholds, alarms and gaps. Zooming asks for finer readings of what is seen.

import { dateTime, duration, exactTime } from "../core/format.js";
import { t } from "../core/i18n.js";
import { word } from "../parts/badge.js";
import { token } from "../parts/tone.js";
import { axis, basics, tip, valueAxis } from "./chart.js";
import { reading } from "./lifelinedata.js";
import { broken } from "./seriesdata.js";
import { fromAxis, toAxis } from "./zone.js";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The whole option. `span` is [from, to]; `series` the service's answer. */
export function seriesOption(series, points, span, sensor) {
  const common = basics();
  const [from, to] = span.map(toAxis);
  return {
    ...common,
    grid: { left: 8, right: 86, top: 28, bottom: 58, containLabel: true },
    xAxis: axis({
      type: "time", min: from, max: to, splitNumber: 8, axisLabel: { hideOverlap: true, formatter: timeLabels() },
    }),
    yAxis: valueAxis({ type: "value", scale: true, name: [sensor.quantity, sensor.unit].filter(Boolean).join(" / "),
      ...limits(series, points),
      nameTextStyle: { color: token("--ink-3"), align: "left" },
        axisLabel: { showMinLabel: false, showMaxLabel: false, formatter: (value) => reading(value) } }),
    useUTC: true,
    tooltip: { ...common.tooltip, trigger: "axis", axisPointer: { lineStyle: { color: token("--line-strong") } },
      formatter: tipOf(sensor) },
    dataZoom: [
      { type: "inside", filterMode: "none", minValueSpan: 5 * MINUTE_MS },
      {
        type: "slider", filterMode: "none", height: 24, bottom: 6, left: 56, right: 86, borderColor: token("--line"),
          fillerColor: "rgb(31 79 196 / 10%)",
        dataBackground: { lineStyle: { color: token("--line-strong") }, areaStyle: { color: token("--sunken") } },
          handleStyle: { color: token("--accent") },
        labelFormatter: (place) => dateTime(fromAxis(place)), textStyle: { color: token("--ink-3"), fontSize: 11 },
          minValueSpan: 5 * MINUTE_MS,
      },
    ],
    series: [{
      id: "readings", type: "line", name: sensor.quantity, showSymbol: false, connectNulls: false,
        lineStyle: { width: 1.25, color: token("--accent") },
      itemStyle: { color: token("--accent") }, data: axisPoints(points, series.gaps ?? []),
      markLine: thresholdLines(series, sensor), markArea: areas(series, span),
    }],
  };
}

/** Only the readings and gaps, when finer ones have come. */
export const pointsOption = (series, points, gaps) =>
  ({ series: [{ id: "readings", data: axisPoints(points, gaps), markArea: areas({ ...series, gaps }, series.span) }] });

const axisPoints = (points, gaps) => broken(points, gaps).map(([time, value]) => [toAxis(time), value]);

/** The thresholds stay in sight, however low the readings are. */
function limits(series, points) {
  const values = [...points.map(([, value]) => value),
    ...(series.thresholds ?? []).map((step) => step.limit)].filter((value) => value !== null);
  if (!values.length) return {};
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const room = (high - low || Math.abs(high) || 1) * .06;
  const clean = (value) => Number(value.toPrecision(3));
  return { min: clean(low >= 0 && low - room < 0 ? 0 : low - room), max: clean(high + room) };
}

function timeLabels() {
  return {
    year: "{yyyy}", month: "{MM}-{dd}", day: "{MM}-{dd}", hour: "{HH}:{mm}", minute: "{HH}:{mm}", second: "{HH}:{mm}:{ss}",
      millisecond: "{HH}:{mm}:{ss}",
  };
}

function thresholdLines(series, sensor) {
  return {
    silent: true, symbol: "none", animation: false,
    data: (series.thresholds ?? []).map((step) => ({
      yAxis: step.limit, lineStyle: { color: token(`--${step.severity}`), type: "dashed", width: 1.5 },
      label: {
        position: "end", color: token("--ink-2"), fontSize: 11,
          formatter: t("lifeline.threshold", { severity: word("severity", step.severity), limit: reading(step.limit) }),
      },
      name: reading(step.limit, sensor.unit),
    })),
  };
}

/** Gaps hatched in grey, alarms as bands of their colour with their word on top. */
function areas(series, [from, to]) {
  const inside = (start, end) => end >= from && start <= to;
  const band = (start, end, style, name, colour, place) => [
    { xAxis: toAxis(Math.max(start, from)), itemStyle: style, name,
      label: { show: end - start > (to - from) / 30, position: place, color: colour, fontSize: 11 } },
    { xAxis: toAxis(Math.min(end, to)) },
  ];
  const gaps = (series.gaps ?? []).filter(([start, end]) => inside(start, end))
    .map(([start, end]) => band(start, end, { color: token("--sunken"), opacity: 1 }, t("lifeline.gap"), token("--ink-3"), "inside"));
  const alarms = (series.alarms ?? []).map((alarm) => [alarm, Date.parse(alarm.began_at),
    alarm.closed_at ? Date.parse(alarm.closed_at) : to])
    .filter(([, start, end]) => inside(start, end))
    .map(([alarm, start, end]) => band(start, end, { color: token(`--${alarm.severity}`), opacity: .14 },
      word("severity", alarm.severity), token("--ink-2"), "insideTop"));
  return { silent: true, animation: false, data: [...gaps, ...alarms] };
}

function tipOf(sensor) {
  return (points) => {
    const found = points.find((point) => point.value?.[1] !== null && point.value?.[1] !== undefined);
    if (!found) return t("lifeline.gap");
    return tip(exactTime(fromAxis(found.value[0])), [[sensor.quantity ?? t("lifeline.reading"), reading(found.value[1], sensor.unit)]]);
  };
}

/** What is seen of the span, in milliseconds; `zoom` is the chart's own first dataZoom. */
export function seen(zoom, [from, to]) {
  const [start, end] = [toAxis(from), toAxis(to)];
  const at = (value, percent, otherwise) => value ?? (percent === undefined ? otherwise : start + ((end - start) * percent) / 100);
  const range = [fromAxis(at(zoom?.startValue, zoom?.start, start)), fromAxis(at(zoom?.endValue, zoom?.end, end))];
  return [Math.max(from, range[0]), Math.min(to, range[1])];
}

export const SPANS = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS, year: 365 * DAY_MS };
export const spanWords = ([from, to],
  points) => `${t("lifeline.shown", { from: dateTime(from), to: dateTime(to), n: points })} · ${duration(to - from)}`;
