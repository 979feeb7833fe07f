import { h } from "../core/h.js";
import { t } from "../core/i18n.js";

export function lifeline() {
  return { title: t("nav.lifeline"), node: h("div", { class: "page" }, h("h1", { tabindex: -1 }, t("nav.lifeline"))) };
}
