// A sensor's readings over a span: coarse over the whole, finer where somebody looks.

import { get, query } from "../core/api.js";

const POINTS = 1_600;
const iso = (time) => new Date(Math.round(time)).toISOString();

/** Readings of [from, to], both in milliseconds, thinned by the service so that extremes stay. */
export function askSeries(code, from, to, signal) {
  return get(`/api/sensors/${encodeURIComponent(code)}/series${query({ from: iso(from), to: iso(to), points: POINTS })}`, { signal });
}

/** `coarse` with what lies in [from, to] replaced by `fine`. Both are [time, value] in order of time. */
export function refine(coarse, fine, from, to) {
  return [...coarse.filter(([time]) => time < from), ...fine, ...coarse.filter(([time]) => time > to)];
}

/** The points with a break in the middle of each gap, so that the line does not bridge it. */
export function broken(points, gaps) {
  const breaks = gaps.map(([from, to]) => [(from + to) / 2, null]);
  return [...points, ...breaks].sort(([a], [b]) => a - b);
}

/** Lowest and highest value among the points of [from, to]; null without any. */
export function extent(points, from, to) {
  let [low, high, n] = [Infinity, -Infinity, 0];
  for (const [time, value] of points) {
    if (time < from || time > to || value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    n += 1;
  }
  return n ? { low, high, n } : null;
}
