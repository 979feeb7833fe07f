// Fields of a user that a plain field cannot be: roles as boxes, crews that follow the department.

import { h, put } from "../core/h.js";
import { nameOf, t } from "../core/i18n.js";
import { field } from "../parts/field.js";

export const ROLES = [
  "centre", "acceptor", "dispatcher", "checker", "supervisor", "department", "crew", "evaluator", "administrator", "auditor",
];

/** One or more roles, each with what it may do. */
export function rolesField(chosen) {
  const error = h("p", { class: "field-error", hidden: true, role: "alert" });
  const boxes = ROLES.map((role) => h("input", { type: "checkbox", value: role, checked: chosen.includes(role) }));
  const element = h(
    "fieldset", { class: "choices roles" }, h("legend", {}, t("users.roles")), boxes.map((box) => h(
      "label", {}, box, h("span", {}, h("span", { class: "role-name" }, t(`role.${box.value}`)),
        h("span", { class: "role-about" }, t(`role_about.${box.value}`))))), error);
  const value = () => boxes.filter((box) => box.checked).map((box) => box.value);
  element.addEventListener("change", () => (error.hidden = true));
  return {
    name: "roles", element, value, focus: () => boxes[0].focus(),
    check() {
      const missing = value().length === 0;
      error.hidden = !missing;
      error.textContent = missing ? t("users.roles_missing") : "";
      return !missing;
    },
  };
}

/** Department and crew: required for the roles that have them; the crews are the department's. */
export function officeFields(user, offices, roles) {
  const none = { value: "", label: t("users.no_department") };
  const options = offices.map((office) => ({ value: office.code, label: nameOf(office) || office.code }));
  if (user.department && !offices.some((office) => office.code === user.department)) options.push({ value: user.department,
    label: user.department });
  const needs = (role) => roles.value().includes(role);
  const department = field("department", t("users.department"), {
    choices: [none, ...options], value: user.department ?? "", hint: t("users.department_hint"), unmarked: true,
    test: (code) => (!code && (needs("department") || needs("crew")) ? t("users.department_missing") : null),
  });
  const crew = field("crew", t("users.crew"), {
    choices: [], unmarked: true, test: (code) => (!code && needs("crew") ? t("users.crew_missing") : null),
  });
  const fillCrews = (code) => {
    const crews = offices.find((office) => office.code === department.control.value)?.crews ?? [];
    const known = code && !crews.some((one) => one.code === code) ? [{ code, name: code }] : [];
    put(crew.control, [{ code: "", name: t("users.no_crew") }, ...crews, ...known].map((one) =>
      h("option", { value: one.code, selected: one.code === code }, nameOf(one) || one.code)));
    crew.control.disabled = crew.control.options.length < 2;
  };
  fillCrews(user.crew ?? "");
  department.control.addEventListener("change", () => fillCrews(""));
  roles.element.addEventListener("change", () => [department, crew].forEach((one) => one.tell(null)));
  return [department, crew];
}
