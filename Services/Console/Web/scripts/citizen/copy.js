// A button that copies a text and says so.

import { h, put } from "../core/h.js";
import { t } from "../core/i18n.js";
import { toast } from "../parts/dialog.js";
import { icon } from "../parts/icon.js";

const SHOWN_MS = 3_000;

export function copyButton(label, text, { className = "button" } = {}) {
  const idle = () => put(button, icon("link", { size: 18 }), h("span", {}, label));
  const button = h("button", { type: "button", class: className, onclick: copy });
  idle();

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return toast(t("citizen.copy_failed"), "bad");
    }
    put(button, icon("check", { size: 18 }), h("span", { role: "status" }, t("action.copied")));
    setTimeout(idle, SHOWN_MS);
  }
  return button;
}
