// Formulas in words. A predicate of the evaluation service is made of terms, and, or, not, parentheses.

import { duration } from "../core/format.js";
import { h } from "../core/h.js";
import { has, isChinese, nameOf, t } from "../core/i18n.js";
import { word } from "../parts/badge.js";

const TOKENS = /[()]|[a-z_0-9]+/g;
const REPORT_TERMS = new Set(["received", "opened", "linked", "rejected", "not_filed", "filed_in_limit", "locatable"]);

export const codeOf = (formula) => formula.indicator ?? formula.code;

/** `closed and not cancelled` as 已结案且未作废. */
export function predicateWords(text) {
  const tokens = text?.match(TOKENS) ?? [];
  if (isChinese()) return tokens.map(chinese).join("").replace(/非(已|有)/g, (_, first) => (first === "已" ? "未" : "无"));
  return tokens.map(english).join(" ").replace(/\( /g, "(").replace(/ \)/g, ")");
}

const LOGIC = new Set(["and", "or", "not"]);
const english = (token) => (LOGIC.has(token) ? t(`logic.${token}`) : has(`term.${token}`) ? t(`term.${token}`) : token);

function chinese(token) {
  if (token === "(") return "（";
  return token === ")" ? "）" : english(token);
}

const isOfReports = (formula) => (formula.numerator?.match(TOKENS) ?? []).some((token) => REPORT_TERMS.has(token));

/** What the indicator is, in one sentence. */
export function formulaWords(formula) {
  const values = {
    numerator: predicateWords(formula.numerator), denominator: predicateWords(formula.denominator),
    measure: word("measure", formula.measure), what: t(isOfReports(formula) ? "formula.reports" : "formula.cases"),
  };
  const sentence = has(`formula.${formula.form}`) ? t(`formula.${formula.form}`, values) : values.numerator;
  return formula.limit_s ? `${sentence} ${t("formula.limit", { time: duration(formula.limit_s * 1_000) })}` : sentence;
}

/** In words and as the service keeps it. */
export function formulaBox(formula) {
  const data = (key, value) => value && [h("dt", {}, t(key)), h("dd", {}, h("code", {}, value))];
  return h(
    "div", { class: "formula" },
    h("h3", {}, nameOf(formula), h("span", { class: "tag" }, t("evaluation.version", { version: formula.version }))),
    h("p", { class: "formula-words" }, formulaWords(formula)),
    h(
      "dl", { class: "facts" }, data("evaluation.code", codeOf(formula)),
      data(formula.form === "rate" ? "evaluation.numerator" : "evaluation.counted", formula.numerator),
      data("evaluation.denominator", formula.denominator), data("evaluation.measure", formula.measure)));
}
