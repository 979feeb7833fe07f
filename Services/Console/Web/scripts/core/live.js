// What happens in the city, as it happens: server-sent events, one connection a page, opened when the first listener comes.

import { signedOut } from "./api.js";

const RETRY_MS = 5_000;
const listeners = new Map();
const NAMES = ["case", "alarm", "overview", "ping"];
let source = null;
let retry = 0;
let state = "off";
let onState = () => {};

/** Calls `action(data)` on each event of this name until the signal is aborted. */
export function listen(name, action, signal) {
  if (signal?.aborted) return;
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(action);
  signal?.addEventListener("abort", () => leave(name, action), { once: true });
  open();
}

/** Tells "live", "waiting" or "off" whenever it changes. */
export function watchState(action) {
  onState = action;
  action(state);
}

export function close() {
  clearTimeout(retry);
  source?.close();
  source = null;
  tell("off");
}

function leave(name, action) {
  listeners.get(name)?.delete(action);
  if ([...listeners.values()].every((all) => all.size === 0)) close();
}

function open() {
  if (source) return;
  source = new EventSource("/api/live");
  source.onopen = () => tell("live");
  source.onerror = () => {
    tell("waiting");
    if (source?.readyState !== EventSource.CLOSED) return;
    source = null;
    retry = setTimeout(open, RETRY_MS);
  };
  for (const name of NAMES) source.addEventListener(name, (event) => hand(name, event.data));
  // The last event of a session that has ended: without this the browser would connect again and again.
  source.addEventListener("signed_out", () => {
    close();
    signedOut();
  });
}

function hand(name, text) {
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch (error) {
    return console.error(`live: ${name} cannot be read`, error);
  }
  listeners.get(name)?.forEach((action) => action(data));
}

function tell(next) {
  if (next === state) return;
  state = next;
  onState(state);
}

/** An action that runs at most once each `milliseconds`, the last call never lost. */
export function atMostEvery(milliseconds, action, signal) {
  let timer = 0;
  let last = -Infinity;
  signal?.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return () => {
    if (timer || signal?.aborted) return;
    timer = setTimeout(() => {
      timer = 0;
      last = performance.now();
      action();
    }, Math.max(0, last + milliseconds - performance.now()));
  };
}
