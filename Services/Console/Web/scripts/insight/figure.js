// One figure of an indicator: its value in words, and how it moved against the period before.

import { count, percent } from "../core/format.js";
import { h } from "../core/h.js";
import { t } from "../core/i18n.js";

export function valueText(formula, figure) {
  const value = figure?.value;
  if (value === null || value === undefined) return "–";
  if (formula.form === "rate") return percent(value);
  if (formula.form === "median_hours") return t("evaluation.hours", { n: value.toFixed(1) });
  return count(value);
}

/** The change with sign, unit and direction; null when there is nothing to compare with. */
export function change(formula, figure) {
  if (typeof figure?.value !== "number") return null;
  const before = figure.previous;
  if (typeof before !== "number") return null;
  const by = figure.value - before;
  const size = sizeText(formula, Math.abs(by));
  const direction = isZero(size) ? "same" : by > 0 ? "up" : "down";
  return { by, before, direction, text: direction === "same" ? t("evaluation.same") : `${by > 0 ? "+" : "−"}${size}` };
}

const isZero = (text) => !/[1-9]/.test(text);

function sizeText(formula, size) {
  if (formula.form === "rate") return t("evaluation.points", { n: (size * 100).toFixed(1) });
  if (formula.form === "median_hours") return t("evaluation.hours", { n: size.toFixed(1) });
  return count(size);
}

const ARROWS = { up: "▲", down: "▼", same: "=" };

/** The change under a value: arrow, sign, amount; read aloud as a sentence. */
export function delta(formula, figure) {
  if (typeof figure?.value !== "number") return null;
  const moved = change(formula, figure);
  if (!moved) return h("span", { class: "delta" }, t("evaluation.no_previous"));
  const spoken = t(`evaluation.${moved.direction}_from`, { before: valueText(formula, { value: moved.before }) });
  return h(
    "span", { class: `delta delta-${moved.direction}`, title: spoken },
    h("span", { "aria-hidden": "true" }, `${ARROWS[moved.direction]} `), moved.text, h("span", { class: "hidden" }, ` ${spoken}`));
}
