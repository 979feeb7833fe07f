// A report in four steps, one address each, so that the browser's own "back" works.

import { h } from "../core/h.js";
import { nameOf, t } from "../core/i18n.js";
import { navigate } from "../core/router.js";
import { icon } from "../parts/icon.js";
import { placeName } from "../parts/area.js";
import { current, isDone, receipt } from "./draft.js";
import { review } from "./review.js";
import { sent } from "./sent.js";
import { what } from "./what.js";
import { where } from "./where.js";
import { words } from "./words.js";

const STEPS = [["what", what], ["where", where], ["words", words], ["review", review]];
const NAMES = STEPS.map(([name]) => name);

export function report(context) {
  const asked = location.hash.slice(1);
  if (asked === "sent" && receipt()) return { title: t("report.title"), node: sent(receipt()) };
  const draft = current();
  const step = allowed(asked, draft);
  const at = NAMES.indexOf(step);
  const go = (name) => navigate(`/report#${name}`);
  const content = STEPS[at][1]({
    ...context, draft, next: () => go(NAMES[at + 1]), done: () => navigate("/report#sent", { replace: true }),
    back: at > 0 ? h("a", { class: "button large", href: `#${NAMES[at - 1]}` }, t("citizen.back")) : null,
  });
  const node = h(
    "div", { class: "report-page" }, h("div", { class: "report-side" }, progress(at), stepList(at, draft)),
    h("section", { class: "report-step" }, content));
  return { title: t(`${step}.title`), node };
}

/** The asked step, or the first before it that lacks something. */
function allowed(asked, draft) {
  const at = Math.max(0, NAMES.indexOf(asked));
  return NAMES.slice(0, at).find((name) => !isDone[name](draft)) ?? NAMES[at];
}

/** For phones: a line that fills up. */
function progress(at) {
  return h(
    "div", { class: "report-progress" },
    h("p", {}, h("span", { class: "muted" }, t("report.step", { n: at + 1, of: NAMES.length })), " · ", t(`report.step_${NAMES[at]}`)),
    h("div", { class: "report-segments", "aria-hidden": "true" }, NAMES.map((_, n) => h("i", { class: n <= at ? "full" : null }))));
}

/** For wide screens: every step with what has been said so far. */
function stepList(at, draft) {
  const item = (name, n) => {
    const done = isDone[name](draft);
    const ticked = done && n !== at;
    const mark = h(
      "span", { class: ticked ? "step-number done" : "step-number", "aria-hidden": "true" }, ticked ? icon("check", { size: 14 }) : n + 1);
    const body = h(
      "span", { class: "step-body" }, h("span", { class: "step-name" }, t(`report.step_${name}`)),
      h("span", { class: "step-value" }, value[name](draft)));
    const open = NAMES.slice(0, n).every((before) => isDone[before](draft));
    return h(
      "li", { "aria-current": n === at ? "step" : null },
      open && n !== at ? h("a", { class: "step-row", href: `#${name}` }, mark, body) : h("div", { class: "step-row" }, mark, body));
  };
  return h(
    "nav", { class: "report-steps", "aria-label": t("report.steps") }, h("p", { class: "report-lead" }, t("report.lead")),
    h("ol", {}, NAMES.map(item)));
}

const value = {
  what: (draft) => nameOf(draft.kind),
  where: ({ address, point, place }) => [address, point && (place ? placeName(place) : t("where.pin_set"))].filter(Boolean).join(" · "),
  words: (draft) => draft.text,
  review: () => "",
};
