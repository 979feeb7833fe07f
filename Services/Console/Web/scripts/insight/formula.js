// Formulas in words. A predicate of the evaluation service is made of terms, and, or, not, parentheses.

import { duration } from "../core/format.js";
import { h } from "../core/h.js";
import { has, isChinese, nameOf, t } from "../core/i18n.js";
import { word } from "../parts/badge.js";

const TOKENS = /[()]|[a-z_0-9]+/g;
const REPORT_TERMS = new Set(["received", "opened", "linked", "rejected", "not_filed", "filed_in_limit", "locatable"]);

export const codeOf = (formula) => formula.indicator ?? formula.code;

/** `closed and not cancelled` as 已结案且未作废: parentheses only where they say something. */
export function predicateWords(text) {
  const tokens = text?.match(TOKENS) ?? [];
  const tree = either(tokens);
  return tree && tokens.length === 0 ? said(tree) : (text ?? "");
}

/** or binds least, not most. Each takes what it reads from the front of `tokens`. */
function either(tokens) {
  return chain(tokens, "or", (rest) => chain(rest, "and", unary));
}

function chain(tokens, word, part) {
  const parts = [part(tokens)];
  while (tokens[0] === word) {
    tokens.shift();
    parts.push(part(tokens));
  }
  if (parts.length === 1) return parts[0];
  return { word, parts: parts.flatMap((one) => (one?.word === word ? one.parts : [one])) };
}

function unary(tokens) {
  const token = tokens.shift();
  if (token === "not") return { word: "not", parts: [unary(tokens)] };
  if (token !== "(") return { word: "", term: token ?? "" };
  const inside = either(tokens);
  if (tokens[0] === ")") tokens.shift();
  return inside;
}

function said({ word, parts, term }) {
  if (!word) return termWords(term);
  if (word === "not") return parts[0].word ? `${t("logic.not")}${bracketed(parts[0])}` : negated(parts[0].term);
  const weaker = word === "and" ? "or" : "";
  return parts.map((part) => (part.word === weaker && weaker ? bracketed(part) : said(part))).join(t(`logic.${word}`));
}

const bracketed = (part) => t("logic.group", { what: said(part) });
const termWords = (term) => (has(`term.${term}`) ? t(`term.${term}`) : term);

/** 非已作废 is 未作废, 非有期限 is 无期限. */
function negated(term) {
  const words = termWords(term);
  if (isChinese() && /^[已有]/.test(words)) return (words[0] === "已" ? "未" : "无") + words.slice(1);
  return t("logic.not") + words;
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
