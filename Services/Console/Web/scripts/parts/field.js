// Form fields: label, hint, error. Each answers {name, element, value(), check(), focus()}.

import { freshID, h } from "../core/h.js";
import { t } from "../core/i18n.js";

export function field(name, label, options = {}) {
  const { type = "text", value = "", required = false, hint, choices, rows, limit, test, ...more } = options;
  const id = freshID(name);
  const control = controlOf({ id, name, type, value, choices, rows, limit, required, hint, more });
  const error = h("p", { class: "field-error", id: `${id}-error`, hidden: true });
  const mark = required ? null : h("span", { class: "field-optional" }, t("field.optional"));
  const about = h("label", { for: id }, label, options.unmarked ? null : mark);
  const hintElement = hint && h("p", { class: "field-hint", id: `${id}-hint` }, hint);
  const element = type === "checkbox"
    ? h("div", { class: "field field-check" }, control, h("label", { for: id }, label), hintElement, error)
    : h("div", { class: "field" }, about, control, hintElement, error);

  const read = () => (type === "checkbox" ? control.checked : control.value.trim());
  const tell = (text) => {
    error.textContent = text ?? "";
    error.hidden = !text;
    control.toggleAttribute("aria-invalid", Boolean(text));
    if (text) control.setAttribute("aria-invalid", "true");
  };
  control.addEventListener("input", () => tell(null));
  return {
    name, element, control, value: read, tell,
    focus: () => control.focus(),
    check() {
      const missing = required && !read() ? t("field.missing") : null;
      const wrong = missing ?? test?.(read()) ?? null;
      tell(wrong);
      return !wrong;
    },
  };
}

function controlOf({ id, name, type, value, choices, rows, limit, required, hint, more }) {
  const described = [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
  const shared = { id, name, "aria-describedby": described, "aria-required": required ? "true" : null, ...more };
  if (choices) {
    return h(
      "select", { class: "input", ...shared },
      choices.map((choice) => h("option", { value: choice.value, selected: choice.value === value }, choice.label)));
  }
  if (rows) return h("textarea", { class: "input", rows, maxlength: limit ?? 2000, value, ...shared });
  if (type === "checkbox") return h("input", { type, checked: Boolean(value), ...shared });
  return h("input", { class: "input", type, maxlength: limit ?? 200, value, ...shared });
}
