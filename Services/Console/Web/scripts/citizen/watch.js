// News of one report: by server-sent events, and by asking again where they do not come through or the case has ended.

import { atMostEvery } from "../core/live.js";

const ASK_EVERY_MS = 30_000;
const RECONNECT_MS = 60_000;
const AT_MOST_EVERY_MS = 1_000;
/** How often the stream of an ended case is opened again while it is expected to go on; the browser waits some seconds in between. */
const EXPECTED_TRIES = 20;

/**
 * Calls `changed` when there may be something new and `state` with "live" or "polling", until the signal is aborted. The server ends the
 * stream of an ended case: then there is nothing to wait for, unless `expect()` says that it will be opened again.
 */
export function watch(address, { changed, state, signal }) {
  const tell = atMostEvery(AT_MOST_EVERY_MS, changed, signal);
  let source = null;
  let again = 0;
  let tries = 0;

  function open() {
    clearTimeout(again);
    source?.close();
    source = new EventSource(address);
    source.onopen = () => state("live");
    source.onerror = () => {
      state("polling");
      if (source.readyState === EventSource.CLOSED) again = setTimeout(open, RECONNECT_MS);
    };
    source.addEventListener("progress", news);
  }

  function news(event) {
    tell();
    if (!JSON.parse(event.data).finished) {
      tries = 0;
    } else if (tries > 0) {
      tries -= 1;
    } else {
      source.close();
      state("polling");
    }
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
  return {
    expect() {
      tries = EXPECTED_TRIES;
      open();
    },
  };
}
