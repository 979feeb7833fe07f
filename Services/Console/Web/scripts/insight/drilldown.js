// From a figure to its cases: a drawer at the side with the formula, its version, and links to each case.

import { kinds, names } from "../core/directory.js";
import { count, shortTime } from "../core/format.js";
import { h, put } from "../core/h.js";
import { has, nameOf, t } from "../core/i18n.js";
import { stateBadge, word } from "../parts/badge.js";
import { dialog } from "../parts/dialog.js";
import { moreButton } from "../parts/table.js";
import { empty, loading } from "../parts/states.js";
import { askCases, periodText, spanText } from "./evaluationdata.js";
import { codeOf, formulaBox } from "./formula.js";
import { delta, valueText } from "./figure.js";

/** `cell` is {formula, figure, group, period}. */
export function drillDown(settings, cell, pageSignal) {
  const life = new AbortController();
  pageSignal.addEventListener("abort", () => shown.close(), { once: true, signal: life.signal });
  const { formula, figure, group } = cell;
  const parts = formula.form === "rate" ? ["numerator", "denominator"] : ["numerator"];
  const body = h("div", { class: "drill-cases" });
  const tabs = h("div", { class: "segments", role: "group", "aria-label": t("evaluation.part") });
  const choose = (part) => {
    put(tabs, parts.map((one) => h(
      "button", { type: "button", class: "button small", "aria-pressed": String(one === part), onclick: () => choose(one) },
      t(parts.length === 1 ? "evaluation.counted" : `evaluation.${one}`), h("span", { class: "drill-count" }, count(figure[one] ?? 0)))));
    put(body, caseList(settings, { ...cell, part }, life.signal));
  };
  const about = settings.period === "all" ? spanText(settings) : periodText(cell.period, settings);
  const shown = dialog(t("evaluation.drill", { indicator: nameOf(formula), group: group.name }), [
    h(
      "div", { class: "drill-head" }, h("span", { class: "drill-value" }, valueText(formula, figure)),
        settings.compare && delta(formula, figure),
      h("span", { class: "muted drill-span" }, about)),
    h("div", { class: "drill-formula" }, formulaBox(formula)), tabs, body,
  ], { onClose: () => life.abort() });
  shown.element.classList.add("drawer");
  choose("numerator");
}

function caseList(settings, cell, signal) {
  const ask = (page) => askCases(settings, {
    code: codeOf(cell.formula), part: cell.part, key: cell.group.key, period: cell.period, by: cell.by ?? settings.by,
  }, page, signal);
  const list = h("ul", { class: "drill-list" });
  let known = null;
  const more = moreButton(async (page) => {
    const answer = await ask(page);
    return { rows: answer.cases, next: answer.next_page };
  }, (rows) => list.append(...rows.map((row) => caseRow(row, known))));
  return loading(signal, async () => [await ask(), await names(), await kinds().catch(() => [])], ([answer, directory, all]) => {
    if (!answer.cases.length) return empty(t("evaluation.no_cases"));
    known = { directory, kinds: new Map(all.map((kind) => [kind.code, kind])) };
    put(list, answer.cases.map((row) => caseRow(row, known)));
    more.offer(answer.next_page);
    return [list, more];
  }, { lines: 8 });
}

/** What has ended says how; the rest is open, in whatever state. */
function outcomeBadge(outcome) {
  if (!outcome) return null;
  return has(`state.${outcome}`) ? stateBadge(outcome) : h("span", { class: "state" }, word("term", outcome));
}

function caseRow(row, { directory, kinds: all }) {
  const kind = nameOf(row, "kind_name") || nameOf(all.get(row.kind)) || row.kind || "";
  const where = [directory.place(row), directory.department(row.department)].filter(Boolean).join(" · ");
  return h(
    "li", {}, row.number
      ? h("a", { class: "mono", href: `/cases/${encodeURIComponent(row.number)}` }, row.number) : h("span", { class: "muted" },
        row.external_ref),
    h("span", { class: "drill-state" }, outcomeBadge(row.outcome)),
    h("span", { class: "drill-kind" }, kind), h("span", { class: "muted drill-time" }, shortTime(row.filed_at)),
    where && h("span", { class: "muted drill-where" }, where));
}
