// Charts. ECharts is fetched when the first chart is shown. Its tooltips are our own elements: the page allows no style attributes.

import { h, put } from "../core/h.js";
import { t } from "../core/i18n.js";
import { vendor } from "../core/vendor.js";
import { skeleton } from "../parts/states.js";
import { token } from "../parts/tone.js";

/** Colours of lines, far enough from each other to be told apart; each also has a name at its end or in the legend. */
export const LINES = ["#1f4fc4", "#b25e00", "#0e7490", "#b0308a", "#237a46", "#7b6200", "#5b45c9", "#c62828"];

/** Shows a chart in `container`; answers the library's chart. It follows the container's size and ends with the signal. */
export async function showChart(container, { label, signal }) {
  put(container, skeleton(4));
  const { echarts } = await import(vendor("echarts/index.js"));
  if (signal.aborted) return null;
  const canvas = h("div", { class: "chart-canvas", role: "img", "aria-label": label });
  put(container, canvas);
  const made = echarts.init(canvas, null, { renderer: "canvas" });
  const watcher = new ResizeObserver(() => made.resize());
  watcher.observe(canvas);
  signal.addEventListener("abort", () => {
    watcher.disconnect();
    made.dispose();
  }, { once: true });
  return made;
}

/** What all charts have in common: type, quiet axes, own tooltips. */
export function basics() {
  const text = { color: token("--ink-2"), fontFamily: token("--font"), fontSize: 12 };
  return {
    animation: false, textStyle: text,
    tooltip: { className: "chart-tip", borderWidth: 0, padding: 0, backgroundColor: "transparent", extraCssText: "box-shadow:none",
      confine: true },
  };
}

export function axis(more) {
  const line = { lineStyle: { color: token("--line") } };
  return {
    axisLine: line, axisTick: { show: false }, splitLine: { show: false },
      axisLabel: { color: token("--ink-3"), fontSize: 12, ...more?.axisLabel },
    ...Object.fromEntries(Object.entries(more ?? {}).filter(([name]) => name !== "axisLabel")),
  };
}

export const valueAxis = (more) => axis({ splitLine: { lineStyle: { color: token("--line") } }, axisLine: { show: false }, ...more });

/** The box under the pointer: a title and lines of name and value. */
export function tip(title, rows) {
  return h(
    "div", { class: "tip" }, h("p", { class: "tip-title" }, title),
    h("dl", {}, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
}

/** The library could not be loaded: tables and lists beside say the same. */
export function chartFailed(container) {
  put(container, h("p", { class: "empty-hint chart-none" }, t("chart.failed")));
}
