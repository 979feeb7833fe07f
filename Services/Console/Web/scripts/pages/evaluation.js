import { h } from "../core/h.js";
import { t } from "../core/i18n.js";

export function evaluation() {
  return { title: t("nav.evaluation"), node: h("div", { class: "page" }, h("h1", { tabindex: -1 }, t("nav.evaluation"))) };
}
