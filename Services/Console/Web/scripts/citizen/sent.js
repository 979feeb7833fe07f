// The answer to a report: its number, the link to follow it, and what comes next.

import { h } from "../core/h.js";
import { pick, t } from "../core/i18n.js";
import { icon } from "../parts/icon.js";
import { copyButton } from "./copy.js";
import { withNumber } from "./number.js";

export function sent(receipt) {
  const path = receipt.number ? `/follow/${encodeURIComponent(receipt.number)}?token=${encodeURIComponent(receipt.token)}` : null;
  const message = pick(receipt.message, receipt.message_en);
  return h(
    "div", { class: "sent" },
    h(
      "section", { class: "panel sent-card" },
      h("div", { class: path ? "sent-mark" : "sent-mark plain" }, icon(path ? "check" : "info", { size: 32 })),
      h("h1", { tabindex: -1 }, t(path ? "sent.title" : "sent.title_none")),
      message && h("p", { class: "lead" }, withNumber(message, receipt.number)),
      path && ticket(receipt.number, path),
      h("a", { class: "button large", href: "/report" }, t("sent.another"))),
    path && h(
      "section", { class: "sent-next" }, h("h2", {}, t("sent.next")),
      h("ol", { class: "numbered" }, [1, 2, 3].map((n) => h("li", {}, t(`sent.next_${n}`))))));
}

function ticket(number, path) {
  const link = `${location.origin}${path}`;
  return [
    h(
      "div", { class: "ticket" }, h("span", { class: "ticket-label" }, t("sent.number")), h("span", { class: "ticket-number" }, number)),
    h("a", { class: "button primary large", href: path }, t("sent.open")),
    h(
      "div", { class: "ticket-link" }, h("span", { class: "ticket-label" }, t("sent.link")), h("p", { class: "mono" }, link),
      h("p", { class: "field-hint" }, t("sent.link_hint")),
      h(
        "div", { class: "ticket-buttons" }, copyButton(t("sent.copy_link"), link), copyButton(t("sent.copy_number"), number))),
  ];
}
