import { h } from "../core/h.js";
import { t } from "../core/i18n.js";

export function users() {
  return { title: t("nav.users"), node: h("div", { class: "page" }, h("h1", { tabindex: -1 }, t("nav.users"))) };
}
