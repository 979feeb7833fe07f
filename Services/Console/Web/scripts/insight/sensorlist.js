// Sensors in a list: name, newest reading, how they are.

import { ago, now } from "../core/format.js";
import { h } from "../core/h.js";
import { t } from "../core/i18n.js";
import { severityBadge, word } from "../parts/badge.js";
import { isSilent, reading } from "./lifelinedata.js";

const ROWS = 300;

export function sensorRow(sensor) {
  const silent = isSilent(sensor, now());
  return h(
    "a", { class: "sensor-row", href: `/lifeline/${encodeURIComponent(sensor.code)}` },
    h("span", { class: "sensor-name" }, sensor.name), h("span", { class: "sensor-value" }, reading(sensor.last_value), h("span",
      { class: "sensor-unit" }, ` ${sensor.unit ?? ""}`)),
    h("span", { class: "sensor-asset" }, sensor.severity && [severityBadge(sensor.severity), " "],
      [sensor.quantity, sensor.asset_name, word("kind", sensor.kind)].filter(Boolean).join(" · ")),
    h("span", { class: silent ? "sensor-time due-near" : "sensor-time" }, readAt(sensor, silent)));
}

function readAt(sensor, silent) {
  if (!sensor.last_at) return t("lifeline.never");
  return silent ? `${t("lifeline.silent")} · ${ago(sensor.last_at)}` : ago(sensor.last_at);
}

export function sensorList(sensors) {
  return [
    h("ul", { class: "sensor-rows" }, sensors.slice(0, ROWS).map((sensor) => h("li", {}, sensorRow(sensor)))),
    sensors.length > ROWS && h("p", { class: "muted cut-note" }, t("lifeline.cut", { n: ROWS })),
  ];
}
