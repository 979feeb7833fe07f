// Assets, sensors and alarms, joined by their codes. Each list is worth something without the others.

import { SEVERITIES } from "../parts/tone.js";
import { everything } from "./all.js";

/** A sensor without a rule of its own is said to be silent after this many of its intervals. */
const SILENT_INTERVALS = 5;
const SILENT_AT_LEAST_MS = 600_000;

export async function readLifeline(signal) {
  const [sensors, assets, alarms] = await Promise.all([
    everything("/api/sensors", "sensors", {}, signal), everything("/api/assets", "assets", {}, signal).catch(() => []), readAlarms(signal),
  ]);
  return join(sensors, assets, alarms);
}

/** The alarms that still stand; all of them would be years of history. */
const readAlarms = (signal) => everything("/api/alarms", "alarms", { state: ["open", "acknowledged"] }, signal);

export function join(sensors, assets, alarms) {
  const assetOf = new Map(assets.map((asset) => [asset.code, asset]));
  const known = new Map();
  for (const sensor of sensors) {
    const asset = assetOf.get(sensor.asset);
    known.set(sensor.code, {
      ...sensor, asset_name: sensor.asset_name ?? asset?.name ?? sensor.asset ?? "", kind: asset?.kind ?? "",
        point: sensor.point ?? asset?.point ?? null,
      last_at: sensor.last_at ?? sensor.last_reading_at ?? null, severity: null,
    });
  }
  const joined = alarms.map((alarm) => nameAlarm(alarm, known.get(alarm.sensor)));
  for (const alarm of joined) {
    const sensor = known.get(alarm.sensor);
    if (!sensor || alarm.state === "closed") continue;
    if (sensor.severity === null || rank(alarm.severity) < rank(sensor.severity)) sensor.severity = alarm.severity;
  }
  return { sensors: [...known.values()].sort(worstSensor), assets, alarms: joined.sort(worstAlarm) };
}

/** An alarm with the names, unit and place of its sensor. */
export function nameAlarm(alarm, sensor) {
  return {
    ...alarm, sensor_name: alarm.sensor_name ?? sensor?.name ?? alarm.sensor,
      asset_name: alarm.asset_name ?? sensor?.asset_name ?? alarm.asset ?? "",
    unit: alarm.unit ?? sensor?.unit ?? "", point: alarm.point ?? sensor?.point ?? null, kind: sensor?.kind ?? "",
  };
}

const STATES = ["open", "acknowledged", "closed"];

function rank(severity) {
  const at = SEVERITIES.indexOf(severity);
  return at < 0 ? SEVERITIES.length : at;
}

/** Open before acknowledged before closed; the worst first; the newest first. */
export function worstAlarm(a, b) {
  return STATES.indexOf(a.state) - STATES.indexOf(b.state) || rank(a.severity) - rank(b.severity)
    || String(b.raised_at ?? "").localeCompare(String(a.raised_at ?? ""));
}

const worstSensor = (a, b) => rank(a.severity) - rank(b.severity) || a.name.localeCompare(b.name, undefined, { numeric: true });

export function isSilent(sensor, now) {
  if (!sensor.last_at) return true;
  const usual = Math.max(SILENT_AT_LEAST_MS, SILENT_INTERVALS * 1_000 * (sensor.interval_s ?? 0));
  return now - Date.parse(sensor.last_at) > (sensor.silence_after_s ? sensor.silence_after_s * 1_000 : usual);
}

export const who = (actor) => (typeof actor === "string" ? actor : (actor?.name ?? ""));

/** `3.42 m`; readings have as many digits as they need, at most four that count. */
export function reading(value, unit) {
  if (value === null || value === undefined) return "–";
  const digits = Math.abs(value) >= 1_000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
  return unit ? `${digits} ${unit}` : digits;
}
