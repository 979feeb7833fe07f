import { h } from "../core/h.js";
import { t } from "../core/i18n.js";

export function account() {
  return { title: t("nav.account"), node: h("div", { class: "page" }, h("h1", { tabindex: -1 }, t("nav.account"))) };
}
