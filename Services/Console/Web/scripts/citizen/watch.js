// News of one report: by server-sent events, and by asking again where they do not come through.

import { atMostEvery } from "../core/live.js";

const NAMES = ["milestone", "progress", "message"];
const ASK_EVERY_MS = 30_000;
const RECONNECT_MS = 60_000;
const AT_MOST_EVERY_MS = 1_000;

/** Calls `changed` when there may be something new and `state` with "live" or "polling", until the signal is aborted. */
export function watch(address, { changed, state, signal }) {
  const tell = atMostEvery(AT_MOST_EVERY_MS, changed, signal);
  let source = null;
  let again = 0;

  function open() {
    source?.close();
    source = new EventSource(address);
    source.onopen = () => state("live");
    source.onerror = () => {
      state("polling");
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(again);
      again = setTimeout(open, RECONNECT_MS);
    };
    for (const name of NAMES) source.addEventListener(name, tell);
  }

  const asking = setInterval(() => {
    if (source.readyState !== EventSource.OPEN && !document.hidden) tell();
  }, ASK_EVERY_MS);
  document.addEventListener("visibilitychange", () => !document.hidden && tell(), { signal });
  signal.addEventListener("abort", () => {
    source.close();
    clearTimeout(again);
    clearInterval(asking);
  }, { once: true });
  open();
}
