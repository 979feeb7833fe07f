// What happened to a case, the newest first.

import { dateTime, exactTime } from "../core/format.js";
import { h } from "../core/h.js";
import { pick, t } from "../core/i18n.js";
import { word } from "../parts/badge.js";

const FOLD_AFTER = 12;

export function history(facts, known) {
  const steps = [...facts].reverse().map((fact) => step(fact, known));
  const rest = steps.slice(FOLD_AFTER);
  return [
    h("ol", { class: "timeline" }, steps.slice(0, FOLD_AFTER)),
    rest.length > 0 && h("details", { class: "details" }, h("summary", {}, `${t("action.more")} (${rest.length})`),
      h("ol", { class: "timeline" }, rest)),
  ];
}

function step(fact, known) {
  const actor = fact.actor ?? {};
  const to = fact.kind === "dispatched" && fact.department
    ? t("case.to", { who: [known.department(fact.department), known.crew(fact.department, fact.crew)].filter(Boolean).join(" · ") }) : "";
  const evidence = (fact.evidence ?? []).map((text) => h("p", { class: "step-text" }, t("case.evidence", { text })));
  return h(
    "li", { class: fact.to ? `step state-${fact.to}` : "step" },
      h("span", { class: fact.to ? "step-mark full" : "step-mark", "aria-hidden": "true" }),
    h(
      "div", {}, h(
        "div", { class: "step-head" }, h("span", { class: "step-what" }, word("fact", fact.kind)),
        h("span", { class: "step-who" }, whoText(actor)),
        h("time", { class: "step-when", datetime: fact.at, title: exactTime(fact.at) }, dateTime(fact.at))),
      to && h("p", { class: "step-text" }, to), reasonText(fact), dueNote(fact), evidence));
}

const whoText = (actor) => t("case.by", { role: actor.role ? word("role", actor.role) : "",
  name: actor.role === "system" ? "" : actor.name ?? "" }).trim();

function reasonText(fact) {
  const text = pick(fact.reason, fact.reason_en);
  return text && h("p", { class: "step-text" }, text);
}

function dueNote(fact) {
  const text = pick(fact.due_explanation, fact.due_explanation_en);
  return fact.due_at && text && h("p", { class: "step-text muted" }, text);
}
