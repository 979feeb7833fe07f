// The reports behind a case, and what can be decided about each: where it is, that it belongs elsewhere, that it is refused. A
// reporter's contact is masked; the whole is shown for a reason, which is recorded.

import { commandKey, post } from "../core/api.js";
import { dateTime } from "../core/format.js";
import { h, put } from "../core/h.js";
import { pick, t, tongue } from "../core/i18n.js";
import { may } from "../core/rights.js";
import { word } from "../parts/badge.js";
import { formDialog, toast } from "../parts/dialog.js";
import { field } from "../parts/field.js";
import { empty } from "../parts/states.js";
import { placeReport } from "./placing.js";

export function reports(view) {
  if (view.data.reports_available === false) return empty(t("error.title"), t("case.reports_down"));
  const all = view.data.reports ?? [];
  if (!all.length) return empty(t("case.reports_none"));
  const more = (view.data.case.report_count ?? 0) - all.length;
  return [
    h("ul", { class: "reports" }, all.map((report) => h("li", {}, oneReport(view, report)))),
    more > 0 && h("p", { class: "muted" }, t("case.reports_more", { n: more })),
  ];
}

function oneReport(view, report) {
  const contact = h("span", { class: "muted" }, contactText(report));
  return h(
    "article", { class: "report" },
    h(
      "div", { class: "step-head" }, h("span", { class: "tag" }, word("channel", report.channel)),
      h("span", { class: "muted" }, word("report_state", report.state)),
      h("time", { class: "step-when", datetime: report.at }, dateTime(report.at))),
    h("p", { class: "step-text" }, textOf(report)), report.address && h("p", { class: "step-text muted" }, report.address), notes(report),
    evidence(report),
    h("div", { class: "report-foot" }, contact, buttons(view, report, contact)));
}

/** An alarm speaks both languages; people's own words stay as they are. */
const textOf = ({ channel, text }) => (channel === "sensor" ? tongue(text) : text);

function contactText(report) {
  const mask = report.reporter;
  if (mask) return t("case.reporter", { name: mask.name ?? "", phone: mask.phone ?? "" });
  return t(report.has_reporter ? "case.kept" : "case.anonymous");
}

/** Why it was joined, refused, or has no place. */
function notes(report) {
  const texts = [
    report.state === "linked" && (pick(report.duplicate_reason, report.duplicate_reason_en) || t("case.joined")),
    pick(report.reason, report.reason_en), report.unplaced && pick(report.unplaced_reason, report.unplaced_reason_en),
  ];
  return texts.filter(Boolean).map((text) => h("p", { class: "step-text muted" }, text));
}

function evidence(report) {
  const all = report.evidence ?? [];
  return all.length > 0 && h(
    "details", { class: "details" }, h("summary", {}, t("case.evidence_of", { n: all.length })),
    all.map((one) => h("p", { class: "step-text" }, one.content)));
}

function buttons(view, report, contact) {
  const { user } = view.session;
  const button = (key, action) => h("button", { type: "button", class: "button quiet small", onclick: action }, t(`case.${key}`));
  const decide = (action) => button(action, () => decideReport(report, action, view.reload));
  const mayDecide = may(user, "decide_reports") && report.state !== "rejected";
  return [
    report.has_reporter && may(user, "unmask") && button("unmask", () => unmask(report, contact)),
    mayDecide && button(report.unplaced ? "place" : "move", () => placeReport(report, view.reload)),
    mayDecide && report.state === "linked" && decide("unlink"),
    mayDecide && decide("reject"),
  ];
}

function unmask(report, contact) {
  formDialog(t("case.unmask"), {
    hint: t("case.unmask_hint"), submit: t("case.unmask"), fields: [field("reason", t("case.unmask_reason"), { required: true, rows: 2 })],
    send: ({ reason }) => post(`/api/reports/${encodeURIComponent(report.id)}/reporter`, { reason }),
    done: (whole) => put(contact, t("case.reporter", { name: whole.name ?? "", phone: whole.phone ?? "" })),
  });
}

/** Refuses a report, or takes it out of the case that it was joined to; both need a reason. */
export function decideReport(report, action, reload) {
  const key = commandKey();
  formDialog(t(`case.${action}`), {
    hint: t(`case.${action}_hint`), submit: t(`case.${action}`), danger: action === "reject",
    fields: [field("reason", t("do.reason"), { required: true, rows: 3 })],
    send: ({ reason }) => post(`/api/reports/${encodeURIComponent(report.id)}/actions/${action}`, { key, reason }),
    done() {
      reload();
      toast(t("do.done", { action: t(`case.${action}`) }));
    },
  });
}
