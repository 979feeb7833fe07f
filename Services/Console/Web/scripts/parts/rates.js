// The city's rates as of now.

import { get } from "../core/api.js";
import { count, percent } from "../core/format.js";
import { h } from "../core/h.js";
import { nameOf, t } from "../core/i18n.js";
import { atMostEvery, listen } from "../core/live.js";
import { empty, loading } from "./states.js";

/** They are counted over all cases, and change slowly. */
const EVERY_MS = 300_000;
const CODES = ["closing_rate", "on_time_closing_rate", "satisfaction_rate"];

export function cityRates(signal) {
  const element = loading(signal, () => get(`/api/indicators?by=all&period=all&codes=${CODES.join(",")}`, { signal }), (body) => {
    const formulas = new Map(body.formulas.map((formula) => [formula.indicator ?? formula.code, formula]));
    const known = CODES.filter((code) => formulas.has(code));
    if (!known.length) return empty(t("centre.no_rates"));
    return h("div", { class: "rates" }, known.map((code) => rate(formulas.get(code), body.rows, code)));
  }, { lines: 2, inPlace: true });
  listen("overview", atMostEvery(EVERY_MS, element.reload, signal), signal);
  return element;
}

function rate(formula, rows, code) {
  const sum = (part) => rows.reduce((total, row) => total + (row.figures[code]?.[part] ?? 0), 0);
  const [numerator, denominator] = [sum("numerator"), sum("denominator")];
  return h(
    "a", { class: "rate", href: `/evaluation?indicator=${code}` }, h("span", { class: "figure-name" }, nameOf(formula)),
    h("span", { class: "rate-value" }, percent(denominator ? numerator / denominator : null)),
    h("span", { class: "muted rate-of" }, `${count(numerator)} / ${count(denominator)}`));
}
