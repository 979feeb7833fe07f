// The chart's time axis knows UTC only; its times are shifted so that it shows the city's clock.

import { exactTime } from "../core/format.js";

const HOUR_MS = 3_600_000;
const known = new Map();

function offset(time) {
  const hour = Math.floor(time / HOUR_MS);
  if (!known.has(hour)) {
    const start = hour * HOUR_MS;
    known.set(hour, Date.parse(`${exactTime(start).replace(" ", "T")}Z`) - start);
  }
  return known.get(hour);
}

/** A moment as the chart's axis takes it. */
export const toAxis = (time) => time + offset(time);

/** The moment that a place on the axis stands for. */
export const fromAxis = (place) => place - offset(place - offset(place));

/** Times of days that the city's people choose: the first moment of `2017-12-31`, or of the day `after` days later. */
export function dayStart(day, after = 0) {
  const place = Date.parse(`${day}T00:00:00Z`) + after * 24 * HOUR_MS;
  return fromAxis(place);
}

/** `2017-12-31` moved by days. */
export function moveDay(day, by) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 24 * HOUR_MS).toISOString().slice(0, 10);
}

/** The last day of the week or month (or the day itself) that begins on `day`. */
export function lastDay(day, period) {
  if (period === "week") return moveDay(day, 6);
  if (period !== "month") return day;
  const [year, month] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}
