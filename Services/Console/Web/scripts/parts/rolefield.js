// The roles of a user: one or more.

import { freshID, h } from "../core/h.js";
import { t } from "../core/i18n.js";
import { word } from "./badge.js";

export const ROLES = [
  "centre", "acceptor", "dispatcher", "checker", "supervisor", "department", "crew", "evaluator", "administrator", "auditor",
];

export function roleField(chosen) {
  const id = freshID("roles");
  const error = h("p", { class: "field-error", id, hidden: true });
  const boxes = ROLES.map((role) => h("input", { type: "checkbox", value: role, checked: chosen.includes(role) }));
  const element = h(
    "fieldset", { class: "choices", "aria-describedby": id }, h("legend", {}, t("users.roles")),
    boxes.map((box, at) => h("label", {}, box, word("role", ROLES[at]))), error);
  const value = () => boxes.filter((box) => box.checked).map((box) => box.value);
  return {
    name: "roles", element, value, focus: () => boxes[0].focus(),
    check() {
      error.hidden = value().length > 0;
      error.textContent = error.hidden ? "" : t("users.roles_needed");
      return error.hidden;
    },
  };
}
