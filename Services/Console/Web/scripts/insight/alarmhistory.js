// The alarms of a span as a table: when, why, how far, and who looked after it.

import { dateTime } from "../core/format.js";
import { h } from "../core/h.js";
import { t, tongue } from "../core/i18n.js";
import { severityBadge, word } from "../parts/badge.js";
import { table } from "../parts/table.js";
import { empty } from "../parts/states.js";
import { worstNote } from "./alarmrow.js";
import { reading, who } from "./lifelinedata.js";

/** `act` is {show(alarm), acknowledge(alarm) or false}. */
export function alarmHistory(alarms, act) {
  if (!alarms.length) return empty(t("lifeline.history_none"), t("lifeline.no_readings_hint"));
  return table(t("lifeline.history"), columnsOf(act), alarms);
}

function columnsOf(act) {
  const text = (key, cell, className = "nowrap") => ({ label: t(`lifeline.${key}`), className, cell });
  return [
    text("severity", (alarm) => [severityBadge(alarm.severity), worstNote(alarm)]),
    text("state", (alarm) => word("alarm", alarm.state)),
    text("cause", (alarm) => word("cause", alarm.cause)),
    text("began", (alarm) => h(
      "button", { type: "button", class: "figure-button", title: t("lifeline.on_curve"), onclick: () => act.show(alarm) },
      dateTime(alarm.began_at))),
    text("closed", (alarm) => (alarm.closed_at ? dateTime(alarm.closed_at) : h("span", { class: "muted" }, t("lifeline.not_closed")))),
    text("peak", (alarm) => (alarm.cause === "threshold" ? reading(alarm.peak_value, alarm.unit) : "–"), "number nowrap"),
    text("case", (alarm) => alarm.case_number
      && h("a", { class: "mono", href: `/cases/${encodeURIComponent(alarm.case_number)}` }, alarm.case_number)),
    text("evidence", (alarm) => [tongue(alarm.evidence), note(alarm)], ""),
    {
      label: h("span", { class: "hidden" }, t("lifeline.acknowledge")), className: "nowrap",
      cell: (alarm) => alarm.state === "open" && act.acknowledge && h(
        "button", { type: "button", class: "button small", onclick: () => act.acknowledge(alarm) }, t("lifeline.acknowledge")),
    },
  ];
}

function note(alarm) {
  const name = who(alarm.acknowledged_by);
  if (alarm.state === "open" || (!alarm.note && !name)) return null;
  const words = [name && t("lifeline.acknowledged_by", { name }), alarm.note].filter(Boolean);
  return h("div", { class: "muted" }, words.join(t("lifeline.colon")));
}
