// One indicator as a picture: bars of the groups, or lines over the periods.

import { count, percent } from "../core/format.js";
import { t } from "../core/i18n.js";
import { token } from "../parts/tone.js";
import { axis, basics, LINES, tip, valueAxis } from "./chart.js";
import { codeOf } from "./formula.js";
import { periodText } from "./evaluationdata.js";
import { valueText } from "./figure.js";

const BARS = 24;
const SERIES = 6;
/** Names under bars, in pixels: with less room than this for each they are slanted. */
const LABEL = 84;
const LONGEST_LABEL = 180;

const figureOf = (group, period, formula) => group.cells.get(period)?.[codeOf(formula)];

/** The chart's option for a `width` in pixels, and what a click on it means: `pick(event)` answers {group, period} or null. */
export function indicatorOption(data, settings, formula, width) {
  return settings.period === "all" ? bars(data, settings, formula, width) : lines(data, settings, formula);
}

const axisText = (formula) => (value) => (formula.form === "rate" ? percent(value, 0) : count(value));

function bars(data, settings, formula, width) {
  const withValue = data.groups.filter((group) => typeof figureOf(group, "", formula)?.value === "number");
  const groups = withValue.sort((a, b) => figureOf(b, "", formula).value - figureOf(a, "", formula).value).slice(0, BARS);
  const before = (group) => figureOf(group, "", formula)?.previous ?? null;
  const series = [{
    type: "bar", name: t("evaluation.now"), data: groups.map((group) => figureOf(group, "", formula).value), barMaxWidth: 26,
    itemStyle: { color: token("--accent"), borderRadius: [3, 3, 0, 0] },
  }];
  if (settings.compare && groups.some((group) => typeof before(group) === "number")) {
    series.unshift({
      type: "bar", name: t("evaluation.previous"), data: groups.map(before), barMaxWidth: 26, barGap: "10%",
      itemStyle: { color: "#b9c3d6", borderRadius: [3, 3, 0, 0] },
    });
  }
  const option = {
    ...basics(), grid: { left: 8, right: 8, top: series.length > 1 ? 32 : 12, bottom: 4, containLabel: true },
    legend: { show: series.length > 1, top: 0, left: 0, itemWidth: 12, itemHeight: 8, textStyle: { color: token("--ink-2") } },
    xAxis: axis({
      type: "category", data: groups.map((group) => group.name),
      axisLabel: { interval: 0, overflow: "truncate", hideOverlap: false, ...labelRoom(width / Math.max(1, groups.length)) },
    }),
    yAxis: valueAxis({ type: "value", max: formula.form === "rate" ? rateTop(groups, formula) : null,
      axisLabel: { formatter: axisText(formula) } }),
    series,
  };
  option.tooltip = {
    ...option.tooltip, trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: "rgb(31 79 196 / 6%)" } },
    formatter: ([first]) => tip(groups[first.dataIndex].name, [
      [t("evaluation.now"), valueText(formula, figureOf(groups[first.dataIndex], "", formula))],
      ...(series.length > 1 ? [[t("evaluation.previous"), valueText(formula, { value: before(groups[first.dataIndex]) })]] : []),
    ]),
  };
  return {
    option, left: data.groups.length - groups.length, shown: groups.length,
    pick: ({ dataIndex }) => (groups[dataIndex] ? { group: groups[dataIndex], period: "" } : null),
  };
}

const labelRoom = (room) => (room < LABEL ? { rotate: 40, width: LABEL } : { rotate: 0, width: Math.min(LONGEST_LABEL, room - 10) });

/** Rates reach to 100 % unless all are small. */
function rateTop(groups, formula) {
  const most = Math.max(...groups.map((group) => figureOf(group, "", formula)?.value ?? 0));
  return most > .4 ? 1 : null;
}

function lines(data, settings, formula) {
  const size = (group) => data.periods.reduce((all, period) => {
    const figure = figureOf(group, period, formula);
    return all + (figure?.denominator || figure?.numerator || 0);
  }, 0);
  const groups = [...data.groups].sort((a, b) => size(b) - size(a)).slice(0, SERIES);
  const option = {
    ...basics(), color: LINES, grid: { left: 8, right: 16, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, type: "scroll", itemWidth: 16, itemHeight: 8, textStyle: { color: token("--ink-2") } },
    xAxis: axis({ type: "category", boundaryGap: data.periods.length < 2,
      data: data.periods.map((period) => periodText(period, settings)) }),
    yAxis: valueAxis({ type: "value", axisLabel: { formatter: axisText(formula) } }),
    series: groups.map((group, at) => ({
      type: "line", name: group.name, symbol: ["circle", "rect", "triangle", "diamond", "roundRect", "pin"][at], symbolSize: 6,
        lineStyle: { width: 2 },
      data: data.periods.map((period) => figureOf(group, period, formula)?.value ?? null),
    })),
  };
  option.tooltip = {
    ...option.tooltip, trigger: "axis",
    formatter: (points) => tip(points[0].axisValueLabel, points.map((point) => [point.seriesName, valueText(formula,
      { value: point.value })])),
  };
  return {
    option, left: data.groups.length - groups.length, shown: groups.length,
    pick: ({ seriesIndex, dataIndex }) => (groups[seriesIndex] ? { group: groups[seriesIndex], period: data.periods[dataIndex] } : null),
  };
}
