// What stands where content is not: loading, empty, failed. And the panel that goes through all three.

import { h, put } from "../core/h.js";
import { sentence, t } from "../core/i18n.js";
import { patch } from "../core/patch.js";
import { icon } from "./icon.js";

export function skeleton(lines = 4) {
  const widths = ["w90", "w70", "w80", "w60"];
  return h(
    "div", { class: "skeleton", role: "status", "aria-label": t("app.loading") },
    Array.from({ length: lines }, (_, at) => h("div", { class: `bone ${widths[at % widths.length]}` })));
}

export function empty(title, hint, action) {
  return h(
    "div", { class: "empty" }, h("p", { class: "empty-title" }, title), hint && h("p", { class: "empty-hint" }, hint), action);
}

export function failed(error, again) {
  return h(
    "div", { class: "empty failed", role: "alert" }, icon("warning", { size: 20 }),
    h("p", { class: "empty-title" }, t("error.title")), h("p", { class: "empty-hint" }, sentence(error)),
    again && h("button", { type: "button", class: "button small", onclick: again }, t("action.retry")));
}

/** A panel whose service is away: what is missing, what to do, and that the rest of the page stands. */
export function down(problem, again) {
  return failed({ words: { zh: problem?.message, en: problem?.message_en || problem?.message } }, again);
}

const waiting = new Set();

/** Panels that failed for want of a service ask again. */
export function servicesAreBack() {
  const all = [...waiting];
  waiting.clear();
  all.forEach((again) => again());
}

/**
 * An element that loads its content and shows what happens meanwhile. Loading again keeps the old content until the new is there; an
 * answer that comes after a later question is dropped. When that fails, the old content stays under a line that says so. `inPlace`: only
 * what differs is changed (see core/patch.js); for content without timers and maps of its own.
 */
export function loading(signal, load, draw, { lines = 4, tag = "div", className = "", inPlace = false } = {}) {
  const element = h(tag, { class: className, "aria-busy": "true" }, skeleton(lines));
  let asked = 0;
  let filled = false;
  const begin = () => {
    filled = false;
    put(element, skeleton(lines));
    element.reload();
  };
  const show = (content) => {
    element.querySelector(":scope > .stale")?.remove();
    if (filled && inPlace) patch(element, content);
    else put(element, content);
    filled = true;
  };
  element.reload = async () => {
    asked += 1;
    const mine = asked;
    waiting.delete(element.reload);
    element.setAttribute("aria-busy", "true");
    try {
      const content = draw(await load());
      if (mine !== asked || signal.aborted) return;
      show(content);
    } catch (error) {
      if (mine !== asked || signal.aborted) return;
      if (mayPass(error)) waiting.add(element.reload);
      if (filled && mayPass(error)) stale(element, error, begin);
      else {
        filled = false;
        put(element, failed(error, begin));
      }
    }
    element.removeAttribute("aria-busy");
  };
  signal.addEventListener("abort", () => waiting.delete(element.reload), { once: true });
  element.reload();
  return element;
}

/** No network, too many at once, a service that is down: what is shown is not wrong, only not new. */
const mayPass = ({ status }) => status === 0 || status === 429 || status >= 500;

function stale(element, error, again) {
  element.querySelector(":scope > .stale")?.remove();
  element.prepend(h(
    "div", { class: "notice stale", role: "status" }, icon("warning"), h("span", {}, t("error.stale", { why: sentence(error) })),
    h("button", { type: "button", class: "button small", onclick: again }, t("action.retry"))));
}
