// Filed and closed over the day, or the last days: a small chart, drawn as SVG. A day leads to what was filed on it; readers hear the
// figures of each step.

import { count, day, clock } from "../core/format.js";
import { h, svg } from "../core/h.js";
import { t } from "../core/i18n.js";
import { empty } from "./states.js";

const WIDTH = 480;
const HEIGHT = 150;
const LEFT = 34;
const BOTTOM = 20;

/** As the API names them. */
export const TRENDS = ["hours", "days"];

export function dayCourse(trend, scope) {
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
  const isDaily = daily(trend);
  const label = (row) => (isDaily ? day(row.from).slice(5) : clock(row.from).slice(0, 5));
  const labels = trend.map((row, at) => at % every === 0 &&
    svg("text", { class: "axis-text", x: x(at), y: HEIGHT - 4, "text-anchor": "middle" }, label(row)));
  const wide = (WIDTH - LEFT - 4) / trend.length;
  const touch = trend.map((row, at) => {
    const words = t("centre.course_step", { at: label(row), filed: count(row.filed ?? 0), closed: count(row.closed ?? 0) });
    const box = { x: x(at) - wide / 2, y: 8, width: wide, height: HEIGHT - BOTTOM - 8 };
    const field = svg("rect", { class: "course-step", fill: "transparent", ...box }, svg("title", {}, words));
    return isDaily ? svg("a", { href: daysCases(row, scope), "aria-label": words }, field) : field;
  });
  const about = { role: isDaily ? "group" : "img", "aria-label": summary(trend, isDaily) };
  const picture = svg(
    "svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, ...about }, grid,
    svg("path", { class: "area-filed", d: area }), svg("path", { class: "line-filed", d: line("filed") }),
    svg("path", { class: "line-closed", d: line("closed") }), labels, touch);
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

const daily = (trend) => trend.length > 1 && Date.parse(trend[1].from) - Date.parse(trend[0].from) > HOUR_MS;

function daysCases(row, scope) {
  const date = day(row.from);
  return `/cases?from=${date}&to=${date}${scope ? `&${scope}` : ""}`;
}

function summary(trend, isDaily) {
  const sum = (key) => trend.reduce((total, row) => total + (row[key] ?? 0), 0);
  return t(isDaily ? "centre.course_days" : "centre.course_label", { filed: count(sum("filed")), closed: count(sum("closed")) });
}
