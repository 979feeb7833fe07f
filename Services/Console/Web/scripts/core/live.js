// What happens in the city, as it happens: server-sent events, one connection for all pages, opened before the first one asks for anything.

import { signedOut } from "./api.js";

const RETRY_MS = 5_000;
/** A page does not wait longer for the connection; it asks anew once that stands. */
const STANDING_MS = 1_000;
/** A page that nobody has seen for so long lets its connection go: a browser keeps six of them with a server, whatever its tabs. */
const HIDDEN_MS = 60_000;
const listeners = new Map();
const NAMES = ["case", "alarm", "overview", "ping"];
let source = null;
let retry = 0;
let state = "off";
let onState = () => {};
/** Something may have happened that those who listen have not been told. */
let isBehind = false;
let isResting = false;
let unseen = 0;
const waiting = new Set();

/**
 * Calls `action(data)` on each event of this name until the signal is aborted; `action(null)` when something may have been missed, because
 * the connection stands again or there was too much at once: what is shown has to be asked for anew.
 */
export function listen(name, action, signal) {
  if (signal?.aborted) return;
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(action);
  signal?.addEventListener("abort", () => listeners.get(name).delete(action), { once: true });
  if (state !== "live") isBehind = true;
  open();
}

/** Opens the connection; answers once it stands, so that nothing happens unheard between a page's asking and its listening. */
export function standing() {
  open();
  if (state === "live") return Promise.resolve();
  return new Promise((resolve) => {
    const stand = () => {
      clearTimeout(limit);
      waiting.delete(stand);
      resolve();
    };
    const limit = setTimeout(stand, STANDING_MS);
    waiting.add(stand);
  });
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(unseen);
  if (document.hidden) {
    unseen = setTimeout(rest, HIDDEN_MS);
  } else if (isResting) {
    isResting = false;
    open();
  }
});

function rest() {
  if (!source) return;
  close();
  [isResting, isBehind] = [true, true];
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
  isResting = false;
  tell("off");
}

function open() {
  if (source) return;
  clearTimeout(retry);
  source = new EventSource("/api/live");
  source.onopen = () => {
    tell("live");
    waiting.forEach((stand) => stand());
    if (isBehind) catchUp();
  };
  source.onerror = () => {
    tell("waiting");
    isBehind = true;
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

function catchUp() {
  isBehind = false;
  for (const all of listeners.values()) for (const action of all) action(null);
}

function hand(name, text) {
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch (error) {
    return console.error(`live: ${name} cannot be read`, error);
  }
  listeners.get(name)?.forEach((action) => action(data));
  // More cases at once than are handed on one by one.
  if (name === "overview" && data?.missed > 0) listeners.get("case")?.forEach((action) => action(null));
}

function tell(next) {
  if (next === state) return;
  state = next;
  onState(state);
}

/** An action that runs at most once each `milliseconds`, and only while the page can be seen; the last call is never lost. */
export function atMostEvery(milliseconds, action, signal) {
  let timer = 0;
  let last = -Infinity;
  const run = () => {
    if (document.hidden) return document.addEventListener("visibilitychange", run, { once: true, signal });
    timer = 0;
    last = performance.now();
    return action();
  };
  signal?.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return () => {
    if (timer || signal?.aborted) return;
    timer = setTimeout(run, Math.max(0, last + milliseconds - performance.now()));
  };
}
