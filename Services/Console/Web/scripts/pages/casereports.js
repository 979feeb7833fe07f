// The reports behind a case. A reporter's contact is masked; the whole is shown for a reason, which is recorded.

import { commandKey, post } from "../core/api.js";
import { dateTime } from "../core/format.js";
import { h, put } from "../core/h.js";
import { pick, t } from "../core/i18n.js";
import { word } from "../parts/badge.js";
import { formDialog, toast } from "../parts/dialog.js";
import { field } from "../parts/field.js";
import { empty } from "../parts/states.js";

export function reports(view) {
  if (view.data.reports_available === false) return empty(t("error.title"), t("case.reports_down"));
  const all = view.data.reports ?? [];
  if (!all.length) return empty(t("empty.title"));
  return h("ul", { class: "reports" }, all.map((report) => h("li", {}, oneReport(view, report))));
}

function oneReport(view, report) {
  const mask = report.reporter;
  const contact = h("span", { class: "muted" }, mask
    ? t("case.reporter", { name: mask.name ?? "", phone: mask.phone ?? "" }) : t(report.has_reporter ? "case.kept" : "case.anonymous"));
  const canWork = (view.data.actions ?? []).length > 0;
  return h(
    "article", { class: "report" },
    h(
      "div", { class: "step-head" }, h("span", { class: "tag" }, word("channel", report.channel)),
      report.state === "linked" && h("span", { class: "muted" },
        pick(report.duplicate_reason, report.duplicate_reason_en) || t("case.joined")),
      h("time", { class: "step-when", datetime: report.at }, dateTime(report.at))),
    h("p", { class: "step-text" }, report.text),
    h(
      "div", { class: "report-foot" }, contact,
      (mask || report.has_reporter) && canWork && h("button",
        { type: "button", class: "button quiet small", onclick: () => unmask(report, contact) }, t("case.unmask")),
      canWork && report.state === "linked" && h(
        "button", { type: "button", class: "button quiet small", onclick: () => changeReport(report, "unlink", view.reload) },
          t("case.unlink")),
      canWork && (view.data.case.unplaced || report.unplaced) && h(
        "button", { type: "button", class: "button quiet small", onclick: () => changeReport(report, "place", view.reload) },
          t("case.place"))));
}

const reasonField = () => field("reason", t("do.reason"), { required: true, rows: 3 });

function placeFields() {
  const number = (low, high, example) => (text) => {
    const value = Number(text);
    return text && Number.isFinite(value) && value >= low && value <= high ? null : t("case.number_form", { example });
  };
  return [
    field("lon", t("case.lon"), { required: true, inputmode: "decimal", test: number(-180, 180, "-118.2437") }),
    field("lat", t("case.lat"), { required: true, inputmode: "decimal", test: number(-90, 90, "34.0522") }),
    field("address", t("case.address"), { limit: 200 }),
  ];
}

function unmask(report, contact) {
  formDialog(t("case.unmask"), {
    hint: t("case.unmask_hint"), submit: t("case.unmask"), fields: [field("reason", t("case.unmask_reason"), { required: true, rows: 2 })],
    send: ({ reason }) => post(`/api/reports/${encodeURIComponent(report.id)}/reporter`, { reason }),
    done: (whole) => put(contact, t("case.reporter", { name: whole.name ?? "", phone: whole.phone ?? "" })),
  });
}

const FIELDS = { place: placeFields, unlink: () => [reasonField()], reject: () => [reasonField()] };

/** Asks what an action on a report needs, and does it. */
export function changeReport(report, action, reload) {
  const key = commandKey();
  const fields = FIELDS[action]();
  formDialog(t(`case.${action}`), {
    fields, submit: t(`case.${action}`),
    send({ lon, lat, ...values }) {
      const point = action === "place" ? { point: { lon: Number(lon), lat: Number(lat) } } : {};
      return post(`/api/reports/${encodeURIComponent(report.id)}/actions/${action}`, { key, ...values, ...point });
    },
    done() {
      reload();
      toast(t("do.done", { action: t(`case.${action}`) }));
    },
  });
}
