// Signing in: name, password, and the code when the account asks for one.

import { post } from "../core/api.js";
import { cityName } from "../core/city.js";
import { h, put } from "../core/h.js";
import { isChinese, sentence, switchTo, t } from "../core/i18n.js";
import { cityArt } from "../parts/cityart.js";
import { checkAll } from "../parts/dialog.js";
import { field } from "../parts/field.js";
import { icon } from "../parts/icon.js";

const NEEDS_CODE = new Set(["second_factor_required", "second_factor_wrong"]);

/** `ended`: the session has run out or was ended while somebody was working; the page of the address opens again after signing in. */
export function signIn(context, entered, { ended = false } = {}) {
  const name = field("name", t("signin.name"), {
    required: true, unmarked: true, autocomplete: "username", autocapitalize: "none", spellcheck: "false",
  });
  const password = field("password", t("signin.password"), { type: "password", required: true, autocomplete: "current-password" });
  const code = field("code", t("signin.code"), {
    required: true, hint: t("signin.code_hint"), inputmode: "numeric", autocomplete: "one-time-code", limit: 6,
    test: (value) => (/^\d{6}$/.test(value) ? null : t("signin.code_form")),
  });
  code.element.hidden = true;
  const message = h("div", { class: "form-error", role: "alert", hidden: true });
  const button = h("button", { type: "submit", class: "button primary" }, t("signin.submit"));
  const form = h(
    "form", { class: "sign-in-form", novalidate: true, onsubmit: submit }, h("h1", {}, t("signin.title")),
    isDown(context.session) && h("p", { class: "form-error", role: "status" }, icon("warning"), h("span", {}, t("signin.down"))),
    ended && h("p", { class: "form-hint", role: "status" }, t("signin.ended")), name.element, password.element,
    code.element, message, button);

  async function submit(event) {
    event.preventDefault();
    const wantsCode = !code.element.hidden;
    if (!checkAll(wantsCode ? [name, password, code] : [name, password])) return;
    button.disabled = true;
    message.hidden = true;
    try {
      const body = { name: name.value(), password: password.control.value };
      await post("/api/session", wantsCode ? { ...body, code: code.value() } : body, { quiet: true });
      await entered();
    } catch (error) {
      refused(error, wantsCode);
    }
    button.disabled = false;
  }

  function refused(error, wantsCode) {
    if (NEEDS_CODE.has(error.code) && !wantsCode) {
      code.element.hidden = false;
      return code.focus();
    }
    message.hidden = false;
    put(message, icon("warning"), h("span", {}, sentence(error)));
    (wantsCode ? code : password).focus();
  }

  setTimeout(() => name.focus());
  const city = context.session.city;
  return h(
    "div", { class: "sign-in" },
    h(
      "header", { class: "sign-in-side" }, cityArt(),
      h(
        "div", { class: "brand" }, h("img", { src: "/assets/icons/chengyun.svg", alt: "" }),
        h(
          "span", {}, h("span", { class: "brand-name" }, t("app.name")),
          h("span", { class: "brand-city" }, cityName(city)))),
      h("div", { class: "sign-in-claim" }, h("p", {}, t("signin.claim")), h("p", {}, t("signin.claim_more")))),
    h(
      "main", { class: "sign-in-main", id: "main" }, form,
      h(
        "div", { class: "sign-in-foot" }, h("a", { href: "/report" }, t("signin.citizen")),
          h("a", { href: "/results" }, t("signin.results")),
        h("a", { href: isChinese() ? "?lang=en" : "?lang=zh", onclick: change }, t("app.language")))));
}

/** Accounts live in dispatch: without it nobody can sign in, and nobody who is signed in is known. */
const isDown = ({ services }) => services?.dispatch !== undefined && services.dispatch !== "serving";

function change() {
  switchTo(isChinese() ? "en" : "zh");
}
