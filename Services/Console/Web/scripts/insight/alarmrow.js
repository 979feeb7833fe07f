// One alarm in a list, and acknowledging it.

import { commandKey, post } from "../core/api.js";
import { dateTime, duration, now } from "../core/format.js";
import { h } from "../core/h.js";
import { t, tongue } from "../core/i18n.js";
import { severityBadge, word } from "../parts/badge.js";
import { formDialog, toast } from "../parts/dialog.js";
import { field } from "../parts/field.js";
import { icon } from "../parts/icon.js";
import { reading, who } from "./lifelinedata.js";

/** `again()` is called after the alarm was acknowledged. Without it, or for others than the centre's people, there is no button. */
export function alarmRow(alarm, { again, mayAct }) {
  const ended = alarm.state === "closed";
  const lasted = duration((ended ? Date.parse(alarm.closed_at) : now()) - Date.parse(alarm.began_at));
  const button = alarm.state === "open" && mayAct && h(
    "button", { type: "button", class: "button small", onclick: () => acknowledge(alarm, again) }, t("lifeline.acknowledge"));
  return h(
    "li", { class: `alarm ${ended ? "alarm-closed" : `alarm-${alarm.severity}`}`, "data-alarm": alarm.id },
    h(
      "div", { class: "alarm-head" }, severityBadge(alarm.severity), worstNote(alarm),
        h("a", { href: sensorHref(alarm.sensor) }, alarm.sensor_name),
      h("span", { class: "tag" }, word("alarm", alarm.state)), h("span", { class: "muted" }, word("cause", alarm.cause))),
    button && h("div", { class: "alarm-do" }, button), alarm.evidence && h("p", { class: "alarm-evidence" }, tongue(alarm.evidence)),
    h(
      "div", { class: "alarm-facts" }, h("span", {}, t("lifeline.since", { time: dateTime(alarm.began_at) })),
        h("span", {}, t("lifeline.lasted", { time: lasted })),
      alarm.cause === "threshold" && h("span", {}, t("lifeline.peak_of", { value: reading(alarm.peak_value, alarm.unit) })),
      alarm.asset_name && h("span", {}, alarm.asset_name),
      alarm.case_number && h("a", { href: `/cases/${encodeURIComponent(alarm.case_number)}` },
        t("lifeline.case_of", { number: alarm.case_number }))),
    alarm.state !== "open" && (alarm.note || who(alarm.acknowledged_by)) && h("p", { class: "alarm-note" }, icon("check", { size: 14 }),
      noteText(alarm)));
}

/** An alarm that eased again tells how bad it was. */
export function worstNote(alarm) {
  const had = alarm.peak_severity && alarm.peak_severity !== alarm.severity;
  return had && h("span", { class: "tag" }, t("lifeline.worst", { severity: word("severity", alarm.peak_severity) }));
}

function noteText(alarm) {
  const name = who(alarm.acknowledged_by);
  return [name && t("lifeline.acknowledged_by", { name }), alarm.note].filter(Boolean).join(t("lifeline.colon"));
}

export const sensorHref = (code) => `/lifeline/${encodeURIComponent(code)}`;

export function acknowledge(alarm, again) {
  const key = commandKey();
  formDialog(`${t("lifeline.acknowledge")} · ${alarm.sensor_name}`, {
    hint: t("lifeline.acknowledge_hint"), submit: t("lifeline.acknowledge"),
    fields: [field("note", t("lifeline.note"), { rows: 3, limit: 1000, required: true, hint: t("lifeline.note_hint") })],
    send: ({ note }) => post(`/api/alarms/${encodeURIComponent(alarm.id)}/acknowledge`, { note, key }),
    done() {
      toast(t("lifeline.acknowledged"));
      again?.();
    },
  });
}
