// Small marks: states, flags, severities. Always a word beside the colour.

import { deadline } from "../core/format.js";
import { h } from "../core/h.js";
import { has, t } from "../core/i18n.js";

export function stateBadge(state) {
  return h("span", { class: `state state-${state}` }, h("span", { class: "dot", "aria-hidden": "true" }), word("state", state));
}

export function severityBadge(severity) {
  return h("span", { class: `severity severity-${severity}` }, word("severity", severity));
}

export function flags(row) {
  return [
    row.urgent && h("span", { class: "flag flag-urgent" }, t("flag.urgent")),
    row.overdue && h("span", { class: "flag flag-overdue" }, t("flag.overdue")),
    row.supervised && h("span", { class: "flag flag-supervised" }, t("flag.supervised")),
  ];
}

export const isEnded = (state) => state === "closed" || state === "cancelled" || state === "referred";

/** Time left or over, with its tone. */
export function dueText(row) {
  const due = deadline(row.due_at, { ended: isEnded(row.state) });
  return h("span", { class: `due due-${due.tone}` }, due.text);
}

/** The text of a code in a family; the code itself when the family does not know it. */
export function word(family, code) {
  const key = `${family}.${code}`;
  return has(key) ? t(key) : (code ?? "");
}
