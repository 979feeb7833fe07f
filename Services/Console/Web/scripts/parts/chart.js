// ECharts, fetched when the first chart is shown. Its tips are drawn on the canvas: markup made by a library would not pass the page's policy.

import { h } from "../core/h.js";
import { token } from "./tone.js";

const LIBRARY = "/vendor/echarts/index.js";

/** A chart in an element of its own; answers {element, set(option), chart}. Taken down when the signal is aborted. */
export async function showChart(element, label, signal) {
  const { echarts } = await import(LIBRARY);
  if (signal.aborted) return null;
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  const chart = echarts.init(element, null, { renderer: "canvas" });
  const watch = new ResizeObserver(() => chart.resize());
  watch.observe(element);
  signal.addEventListener("abort", () => {
    watch.disconnect();
    chart.dispose();
  }, { once: true });
  return chart;
}

/** What all charts share. */
export function base() {
  return {
    animation: false, textStyle: { fontFamily: token("--font"), color: token("--ink-2") }, color: [token("--accent"), token("--s-closed")],
    grid: { left: 8, right: 24, top: 24, bottom: 8, containLabel: true },
    tooltip: {
      trigger: "axis", renderMode: "richText", backgroundColor: token("--ink"), borderWidth: 0, padding: [6, 10], confine: true,
      textStyle: { color: token("--surface"), fontSize: 12 },
    },
  };
}

export const axisLook = () => ({
  axisLine: { lineStyle: { color: token("--line-strong") } }, axisTick: { show: false }, axisLabel: { color: token("--ink-3"), fontSize: 11 },
  splitLine: { lineStyle: { color: token("--line") } },
});

export const chartBox = (name = "") => h("div", { class: `chart ${name}` });
