// What stands where content is not: loading, empty, failed. And the panel that goes through all three.

import { h, put } from "../core/h.js";
import { sentence, t } from "../core/i18n.js";
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

/**
 * An element that loads its content and shows what happens meanwhile. Loading again keeps the old content until the new is there;
 * an answer that comes after a later question is dropped.
 */
export function loading(signal, load, draw, { lines = 4, tag = "div", className = "" } = {}) {
  const element = h(tag, { class: className, "aria-busy": "true" }, skeleton(lines));
  let asked = 0;
  let filled = false;
  element.reload = async () => {
    asked += 1;
    const mine = asked;
    element.setAttribute("aria-busy", "true");
    try {
      const content = draw(await load());
      if (mine !== asked || signal.aborted) return;
      put(element, content);
      filled = true;
    } catch (error) {
      if (mine !== asked || signal.aborted) return;
      if (filled && error.status === 0) return;
      put(element, failed(error, () => {
        put(element, skeleton(lines));
        element.reload();
      }));
    }
    element.removeAttribute("aria-busy");
  };
  element.reload();
  return element;
}
