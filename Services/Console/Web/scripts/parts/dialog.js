// Dialogs and short messages. The browser's own <dialog> keeps the focus inside and gives it back.

import { freshID, h, put } from "../core/h.js";
import { sentence, t } from "../core/i18n.js";
import { icon } from "./icon.js";

/** Opens a dialog; answers its element and a function that closes it. */
export function dialog(title, content, { wide = false, onClose } = {}) {
  const id = freshID("dialog");
  const element = h(
    "dialog", { class: wide ? "dialog wide" : "dialog", "aria-labelledby": id },
    h(
      "header", { class: "dialog-head" }, h("h2", { id }, title),
      h("button", { type: "button", class: "icon-button", "aria-label": t("action.close"), onclick: () => element.close() },
        icon("close"))),
    h("div", { class: "dialog-body" }, content));
  element.addEventListener("close", () => {
    element.remove();
    onClose?.();
  });
  element.addEventListener("click", (event) => event.target === element && element.close());
  document.body.append(element);
  element.showModal();
  // Nothing to fill in: Enter does what was asked for. What cannot be undone has no primary button.
  (element.querySelector(".dialog-body input, .dialog-body select, .dialog-body textarea")
    ?? element.querySelector(".dialog-body .form-foot .primary"))?.focus();
  return { element, close: () => element.close() };
}

/**
 * A dialog with fields and one command. `send(values)` does it; a failure is told inside and the dialog stays open.
 * Fields: see parts/field.js. `hint` stands above them.
 */
export function formDialog(title, { hint, fields = [], submit = t("action.confirm"), danger = false, send, done }) {
  const message = h("div", { class: "form-error", role: "alert", hidden: true });
  const button = h("button", { type: "submit", class: danger ? "button danger" : "button primary" }, submit);
  const form = h(
    "form", { class: "form", novalidate: true, onsubmit: handle },
    hint && h("p", { class: "form-hint" }, hint), fields.map((field) => field.element), message,
    h(
      "div", { class: "form-foot" },
      h("button", { type: "button", class: "button", onclick: () => shown.close() }, t("action.cancel")), button));
  const shown = dialog(title, form);

  async function handle(event) {
    event.preventDefault();
    if (!checkAll(fields)) return;
    button.disabled = true;
    message.hidden = true;
    try {
      const answer = await send(Object.fromEntries(fields.map((field) => [field.name, field.value()])));
      shown.close();
      done?.(answer);
    } catch (error) {
      message.hidden = false;
      put(message, icon("warning"), h("span", {}, sentence(error)));
    }
    button.disabled = false;
  }
  return shown;
}

/** Marks what is missing and goes to the first such field. */
export function checkAll(fields) {
  const wrong = fields.filter((field) => !field.check());
  wrong[0]?.focus();
  return wrong.length === 0;
}

const TOAST_MS = 5_000;

/** A short message that goes by itself. */
export function toast(text, tone = "good") {
  let tray = document.querySelector(".toasts");
  if (!tray) {
    tray = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(tray);
  }
  const note = h("div", { class: `toast toast-${tone}` }, icon(tone === "good" ? "check" : "warning"), h("span", {}, text));
  tray.append(note);
  setTimeout(() => note.remove(), TOAST_MS);
}
