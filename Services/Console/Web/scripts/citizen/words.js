// Step three: what is wrong in one's own words, and how to be reached, for those who want to be.

import { h, put } from "../core/h.js";
import { t } from "../core/i18n.js";
import { checkAll } from "../parts/dialog.js";
import { field } from "../parts/field.js";
import { icon } from "../parts/icon.js";
import { change } from "./draft.js";

const TEXT_LIMIT = 1_000;
const TELL_LEFT_FROM = 200;
const NAME_LIMIT = 50;
const PHONE_LIMIT = 25;

export function words({ draft, next, back }) {
  const text = field("text", t("words.text"), {
    value: draft.text, rows: 5, limit: TEXT_LIMIT, hint: t("words.text_hint"), required: true,
    test: (value) => (value ? null : t("words.text_missing")),
  });
  const left = h("p", { class: "field-hint", role: "status" });
  text.element.append(left);
  const name = field("name", t("words.name"), { value: draft.name, limit: NAME_LIMIT, autocomplete: "name", unmarked: true });
  const phone = field("phone", t("words.phone"), {
    value: draft.phone, type: "tel", limit: PHONE_LIMIT, autocomplete: "tel", inputmode: "tel", unmarked: true,
    test: (value) => (!value || /^\+?[\d\s()-]{5,25}$/.test(value) ? null : t("words.phone_wrong")),
  });
  const fields = [text, name, phone];
  for (const one of fields) one.control.addEventListener("input", () => change({ [one.name]: one.value() }));
  text.control.addEventListener("input", () => {
    const rest = TEXT_LIMIT - text.control.value.length;
    put(left, rest <= TELL_LEFT_FROM ? t("words.left", { n: rest }) : "");
  });

  function submit(event) {
    event.preventDefault();
    if (checkAll(fields)) next();
  }
  return h(
    "form", { class: "report-form", novalidate: true, onsubmit: submit }, h("h1", { tabindex: -1 }, t("words.title")), text.element,
    h(
      "fieldset", { class: "contact" }, h("legend", {}, t("words.contact")), h("p", { class: "field-hint" }, t("words.contact_optional")),
      h("div", { class: "contact-fields" }, name.element, phone.element),
      h("p", { class: "privacy" }, icon("audit", { size: 18 }), h("span", {}, t("words.privacy")))),
    h("div", { class: "report-foot" }, back, h("button", { type: "submit", class: "button primary large" }, t("citizen.next"))));
}
