// Filed and closed over the day (or days): a small chart, drawn as SVG, with the same figures as a table for readers.

import { count, day, clock } from "../core/format.js";
import { h, svg } from "../core/h.js";
import { t } from "../core/i18n.js";
import { empty } from "./states.js";

const WIDTH = 480;
const HEIGHT = 150;
const LEFT = 34;
const BOTTOM = 20;

export function dayCourse(trend) {
  const top = Math.max(1, ...trend.map((row) => Math.max(row.filed ?? 0, row.closed ?? 0)));
  if (!trend.length) return empty(t("centre.no_course"));
  const step = niceStep(top / 3);
  const limit = Math.ceil(top / step) * step;
  const x = (at) => LEFT + ((WIDTH - LEFT - 4) * (at + .5)) / trend.length;
  const y = (value) => 8 + (HEIGHT - BOTTOM - 8) * (1 - value / limit);
  const line = (key) => trend.map((row, at) => `${at ? "L" : "M"}${x(at).toFixed(1)} ${y(row[key] ?? 0).toFixed(1)}`).join("");
  const area = `${line("filed")}L${x(trend.length - 1).toFixed(1)} ${y(0)}L${x(0).toFixed(1)} ${y(0)}Z`;
  const grid = [];
  for (let value = 0; value <= limit; value += step) {
    grid.push(svg("line", { class: "axis-line", x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }));
    grid.push(svg("text", { class: "axis-text", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, count(value)));
  }
  const every = Math.ceil(trend.length / 6);
  const label = labelOf(trend);
  const labels = trend.map((row, at) => at % every === 0 &&
    svg("text", { class: "axis-text", x: x(at), y: HEIGHT - 4, "text-anchor": "middle" }, label(row)));
  const picture = svg(
    "svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": t("centre.course_label") }, grid,
    svg("path", { class: "area-filed", d: area }), svg("path", { class: "line-filed", d: line("filed") }),
    svg("path", { class: "line-closed", d: line("closed") }), labels);
  return h(
    "figure", {}, h(
      "figcaption", { class: "course-key" },
      h("span", { class: "key-filed" }, t("figure.filed")), h("span", { class: "key-closed" }, t("figure.closed"))), picture);
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? power * 10;
}

const HOUR_MS = 3_600_000;

/** `14:00` of hours, `12-31` of days. */
function labelOf(trend) {
  const daily = trend.length > 1 && Date.parse(trend[1].from) - Date.parse(trend[0].from) > HOUR_MS;
  return (row) => (daily ? day(row.from).slice(5) : clock(row.from).slice(0, 5));
}
