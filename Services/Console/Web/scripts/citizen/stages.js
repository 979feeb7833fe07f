// Where a report stands, as four stages and one sentence: its last milestone says so.

import { h } from "../core/h.js";
import { t } from "../core/i18n.js";
import { icon } from "../parts/icon.js";

const STAGES = ["received", "dispatched", "handled", "closed"];
const STANDING = {
  received: [0, "received"], joined: [0, "received"], separated: [0, "received"], reopened: [0, "pending"],
  dispatched: [1, "dispatched"],
  handled: [2, "handled"], closed: [3, "closed"],
  rejected: [null, "cancelled"], cancelled: [null, "cancelled"], referred: [null, "referred"],
};

export const isOver = (kind) => kind === "rejected" || kind === "cancelled" || kind === "referred";

const standing = ({ milestones }) => STANDING[milestones.at(-1)?.kind] ?? [0, "received"];

export const says = (report) => t(`follow.says_${standing(report)[1]}`);

/** Four stages with the present one marked; none for what ended on another way. */
export function stages(report) {
  const [at] = standing(report);
  if (at === null) return null;
  const finished = at === STAGES.length - 1;
  const item = (name, n) => {
    const done = n < at || finished;
    const word = done ? "done" : n === at ? "current" : "to_come";
    return h(
      "li", { class: `stage ${word}`, "aria-current": n === at ? "step" : null },
      h("span", { class: "stage-mark", "aria-hidden": "true" }, done ? icon("check", { size: 16 }) : n + 1),
      h("span", { class: "stage-name" }, t(`follow.stage_${name}`), h("span", { class: "hidden" }, ` (${t(`follow.${word}`)})`)));
  };
  return h("ol", { class: "stages", "aria-label": t("follow.stages") }, STAGES.map(item));
}
