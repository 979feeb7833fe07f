// Creating and changing a user, and the one-time password that is shown once.

import { post, put as send } from "../core/api.js";
import { departments, divisionList, divisionName } from "../core/directory.js";
import { h, put } from "../core/h.js";
import { t } from "../core/i18n.js";
import { dialog, formDialog, toast } from "../parts/dialog.js";
import { field } from "../parts/field.js";
import { icon } from "../parts/icon.js";
import { officeFields, rolesField } from "./rolesfield.js";

const NAME = /^[a-z0-9][a-z0-9._-]{1,39}$/;

/** `user` null makes a new one. */
export async function userDialog(user, done) {
  const [offices, districts] = await Promise.all([departments().catch(() => []), divisionList("district").catch(() => [])]);
  const of = user ?? { name: "", display_name: "", roles: [], department: "", crew: "", district: "", disabled: false };
  const roles = rolesField(of.roles);
  const [department, crew] = officeFields(of, offices, roles);
  const name = field("name", t("users.name"), {
    value: of.name, required: true, limit: 40, hint: t("users.name_hint"), autocapitalize: "none", spellcheck: "false", autocomplete: "off",
    test: (value) => (NAME.test(value) ? null : t("users.name_form")),
  });
  const display = field("display_name", t("users.display_name"),
    { value: of.display_name, required: true, limit: 80, autocomplete: "off" });
  const known = districts.map((item) => ({ value: String(item.code), label: divisionName(item, item.code) }));
  if (of.district && !known.some((one) => one.value === of.district)) known.push({ value: of.district, label: of.district });
  const district = field("district", t("users.district"), {
    choices: [{ value: "", label: t("users.whole_city") }, ...known], value: of.district ?? "", hint: t("users.district_hint"),
      unmarked: true,
  });
  const disabled = field("disabled", t("users.disabled"), { type: "checkbox", value: of.disabled, hint: t("users.disabled_hint") });
  const shown = formDialog(user ? t("users.edit_of", { name: user.display_name || user.name }) : t("users.create"), {
    fields: user ? [display, roles, department, crew, district, disabled] : [name, display, roles, department, crew, district],
    submit: user ? t("action.save") : t("users.create"),
    send: (values) => (user
      ? send(`/api/users/${encodeURIComponent(user.id)}`, { name: user.name, version: user.version, ...values }) : post("/api/users",
        values)),
    done(answer) {
      if (answer?.one_time_password) showPassword(answer.user ?? of, answer.one_time_password);
      else toast(t("users.saved"));
      done();
    },
  });
  shown.element.classList.add("user-dialog");
}

export function resetPassword(user, done) {
  const factor = field("remove_second_factor", t("users.remove_factor"), { type: "checkbox", hint: t("users.remove_factor_hint") });
  formDialog(t("users.reset_of", { name: user.display_name || user.name }), {
    hint: t("users.reset_hint"), fields: user.has_second_factor ? [factor] : [], submit: t("users.reset"), danger: true,
    send: (values) => post(`/api/users/${encodeURIComponent(user.id)}/password-reset`, values),
    done(answer) {
      showPassword(user, answer.one_time_password);
      done();
    },
  });
}

/** The only time that anybody sees it. */
function showPassword(user, password) {
  const word = h("span", { class: "password-once", tabindex: 0 }, password);
  const copy = h("button", { type: "button", class: "button small", onclick: () => copyText(password, copy) }, t("action.copy"));
  const shown = dialog(t("users.password_of", { name: user.display_name || user.name }), [
    h("p", { class: "form-hint" }, t("users.password_hint", { name: user.name })),
    h("div", { class: "secret" }, word, copy),
    h("p", { class: "notice-box" }, icon("warning"), h("span", {}, t("users.password_once"))),
    h("div", { class: "form-foot" }, h("button", { type: "button", class: "button primary", onclick: () => shown.close() },
      t("users.password_noted"))),
  ]);
  shown.element.classList.add("once-dialog");
  copy.focus();
}

/** Copies, and says so on the button; without the right to do it, the text is selected for the person's own keys. */
export async function copyText(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    put(button, icon("check", { size: 14 }), t("action.copied"));
  } catch {
    const beside = button.parentElement.querySelector("span");
    getSelection().selectAllChildren(beside);
    toast(t("account.copy_by_hand"), "bad");
  }
}
