// Times in the city's zone, counts, durations. The clock is the server's: a replayed city lives in its own time.

import { isChinese, t } from "./i18n.js";

let zone = "UTC";
let ahead = 0;
const cache = new Map();

/** The city's zone, and its present moment as the server says it. */
export function setClock(timeZone, nowText) {
  zone = timeZone || "UTC";
  ahead = nowText ? Date.parse(nowText) - Date.now() : 0;
  cache.clear();
}

/** The city's present moment, in milliseconds. */
export const now = () => Date.now() + ahead;

function formatter(options) {
  const key = JSON.stringify(options) + isChinese();
  if (!cache.has(key)) {
    cache.set(key, new Intl.DateTimeFormat(isChinese() ? "zh-CN" : "en-GB", { timeZone: zone, hourCycle: "h23", ...options }));
  }
  return cache.get(key);
}

function parts(time) {
  const all = formatter({
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).formatToParts(time);
  return Object.fromEntries(all.map(({ type, value }) => [type, value]));
}

const at = (value) => (typeof value === "number" ? value : Date.parse(value));

/** `2017-12-31 23:59` */
export function dateTime(value) {
  if (!value) return "";
  const p = parts(at(value));
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}`;
}

/** `2017-12-31 23:59:58` */
export function exactTime(value) {
  return value ? `${dateTime(value)}:${parts(at(value)).second}` : "";
}

/** `23:59` on the same day, `12-31 23:59` in the same year, else the whole. */
export function shortTime(value) {
  if (!value) return "";
  const p = parts(at(value));
  const today = parts(now());
  if (p.year !== today.year) return `${p.year}-${p.month}-${p.day}`;
  const day = p.month === today.month && p.day === today.day ? "" : `${p.month}-${p.day} `;
  return `${day}${p.hour}:${p.minute}`;
}

export const clock = (value) => {
  const p = parts(at(value));
  return `${p.hour}:${p.minute}:${p.second}`;
};

/** `2017-12-31` of a moment, in the city's zone: what date fields take. */
export function day(value) {
  const p = parts(at(value));
  return `${p.year}-${p.month}-${p.day}`;
}

export const longDay = (value) =>
  formatter({ year: "numeric", month: "long", day: "numeric", weekday: "long" }).format(at(value));

export function count(value) {
  return value === null || value === undefined ? "–" : new Intl.NumberFormat(isChinese() ? "zh-CN" : "en-GB").format(value);
}

/** 0.9312 as `93.1%`. */
export function percent(value, digits = 1) {
  return value === null || value === undefined ? "–" : `${(value * 100).toFixed(digits)}%`;
}

/** Two units at most: `3 天 4 小时`, `12 分`. */
export function duration(milliseconds) {
  const minutes = Math.floor(Math.abs(milliseconds) / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (days > 99) return t("time.days", { n: days });
  if (days > 0) return [t("time.days", { n: days }), hours ? t("time.hours", { n: hours }) : ""].join(" ").trim();
  if (hours > 0) return [t("time.hours", { n: hours }), rest ? t("time.minutes", { n: rest }) : ""].join(" ").trim();
  return t("time.minutes", { n: rest });
}

/** A deadline against the clock: text and how near it is ("late", "near", "calm"). */
export function deadline(dueAt, { ended = false } = {}) {
  if (!dueAt) return { text: t("due.none"), tone: "none" };
  if (ended) return { text: dateTime(dueAt), tone: "none" };
  const left = at(dueAt) - now();
  if (left < 0) return { text: t("due.over", { time: duration(left) }), tone: "late" };
  return { text: t("due.left", { time: duration(left) }), tone: left < 4 * 3_600_000 ? "near" : "calm" };
}

/** How long ago, for lists that move. */
export function ago(value) {
  const passed = now() - at(value);
  return passed < 60_000 ? t("time.just_now") : t("time.ago", { time: duration(passed) });
}
