// Choosing indicators: all that the service knows, counts, rates and hours apart.

import { h } from "../core/h.js";
import { nameOf, t } from "../core/i18n.js";
import { dialog } from "../parts/dialog.js";

const FORMS = ["count", "rate", "median_hours"];

export function chooseIndicators(data, chosen, done) {
  const boxes = [];
  const box = (code) => {
    const input = h("input", { type: "checkbox", value: code, checked: chosen.includes(code) });
    boxes.push(input);
    return h("label", {}, input, nameOf(data.formulas.get(code)));
  };
  const groups = FORMS.map((form) => [form, data.known.filter((code) => data.formulas.get(code)?.form === form)]).filter(([,
    of]) => of.length);
  const note = h("p", { class: "field-error", role: "alert", hidden: true }, t("evaluation.choose_one"));
  const submit = (event) => {
    event.preventDefault();
    const codes = boxes.filter((input) => input.checked).map((input) => input.value);
    note.hidden = codes.length > 0;
    if (!codes.length) return;
    shown.close();
    done(codes);
  };
  const form = h(
    "form", { class: "form", onsubmit: submit },
    groups.map(([name, of]) => h("fieldset", { class: "choices" }, h("legend", {}, t(`form.${name}`)), of.map(box))), note,
    h(
      "div", { class: "form-foot" },
      h("button", { type: "button", class: "button", onclick: () => (shown.close(), done([])) }, t("evaluation.usual")),
      h("button", { type: "submit", class: "button primary" }, t("action.confirm"))));
  const shown = dialog(t("evaluation.choose"), form);
}
