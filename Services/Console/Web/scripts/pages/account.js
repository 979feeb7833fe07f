// One's own account: who one is, the password, the second factor, the sessions.

import { post, put as send } from "../core/api.js";
import { names } from "../core/directory.js";
import { h, put } from "../core/h.js";
import { sentence, t } from "../core/i18n.js";
import { navigate } from "../core/router.js";
import { word } from "../parts/badge.js";
import { checkAll, toast } from "../parts/dialog.js";
import { field } from "../parts/field.js";
import { icon } from "../parts/icon.js";
import { qrPicture } from "../administration/qrpicture.js";
import { sessionList } from "../administration/sessions.js";
import { copyText } from "../administration/userdialog.js";

const SHORTEST_PASSWORD = 10;
const GROUP = 4;

export function account({ session, signal, refreshSession }) {
  const mustChange = Boolean(session.must_change_password ?? session.user.must_change_password);
  const password = passwordForm(session, mustChange, refreshSession);
  const [left, right] = [[], [panel("account.password", password)]];
  if (!mustChange) {
    left.push(panel("account.profile", profile(session.user, signal)),
      panel("account.factor", factorPart(session, refreshSession), "account-factor"));
    const sessions = sessionList(`/api/users/${encodeURIComponent(session.user.id)}/sessions`, signal, { own: true });
    right.push(panel("account.sessions", sessions, "account-sessions"));
  }
  const columns = [left, right].filter((of) => of.length).map((of) => h("div", { class: "account-column" }, of));
  const node = h(
    "div", { class: "page" }, h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("nav.account"))),
    mustChange && h("div", { class: "notice-box", role: "status" }, icon("key"), h("span", {}, t("account.must_change"))),
    h("div", { class: "account-grid" }, columns));
  return { title: t("nav.account"), node };
}

const panel = (key, content, more = "") => h(
  "section", { class: `panel ${more}` }, h("header", { class: "panel-head" }, h("h2", {}, t(key))),
    h("div", { class: "panel-body" }, content));

function profile(user, signal) {
  const limits = h("dd", {}, "…");
  names().then((directory) => {
    if (signal.aborted) return;
    const texts = [
      user.department && directory.department(user.department), user.crew && directory.crew(user.department, user.crew),
        user.district && directory.district(user.district),
    ].filter(Boolean);
    put(limits, texts.length ? texts.join(" · ") : t("users.whole_city"));
  });
  const fact = (key, value) => [h("dt", {}, t(key)), h("dd", {}, value)];
  return h(
    "dl", { class: "facts" }, fact("users.display_name", user.display_name || user.name),
      fact("users.name", h("span", { class: "mono" }, user.name)),
    fact("users.roles", h("span", { class: "tags" }, user.roles.map((role) => h("span", { class: "tag" }, word("role", role))))),
      h("dt", {}, t("users.limits")), limits);
}

function passwordForm(session, mustChange, refreshSession) {
  const old = field("old", t(mustChange ? "account.one_time" : "account.old"),
    { type: "password", required: true, autocomplete: "current-password", limit: 128 });
  const first = field("new", t("account.new"), {
    type: "password", required: true, autocomplete: "new-password", limit: 128, hint: t("account.new_hint"),
      test: (value) => weakness(value, session.user.name),
  });
  const again = field("again", t("account.again"), {
    type: "password", required: true, autocomplete: "new-password", limit: 128,
    test: () => (again.control.value === first.control.value ? null : t("account.differs")),
  });
  // A password may begin or end with a blank: the fields' own reading would cut it off.
  const shown = h("input", { type: "checkbox", id: "show-passwords" });
  shown.addEventListener("change", () => [old, first, again].forEach((one) => (one.control.type = shown.checked ? "text" : "password")));
  return commandForm([old, first, again], t("account.change"), {
    before: h("div", { class: "field field-check" }, shown, h("label", { for: "show-passwords" }, t("account.show"))),
    user: session.user.name,
    run: () => post("/api/session/password", { old: old.control.value, new: first.control.value }),
    async done(form) {
      form.reset();
      toast(t("account.changed"));
      if (!mustChange) return;
      await refreshSession();
      navigate("/", { replace: true });
    },
  });
}

function weakness(value, name) {
  if ([...value].length < SHORTEST_PASSWORD) return t("account.short", { n: SHORTEST_PASSWORD });
  return value.toLowerCase().includes(name.toLowerCase()) ? t("account.has_name") : null;
}

/** Fields and one command, told about inside. */
function commandForm(fields, label, { run, done, before, user, look = "primary" }) {
  const message = h("div", { class: "form-error", role: "alert", hidden: true });
  const button = h("button", { type: "submit", class: `button ${look}` }, label);
  // Password managers want to know whose password it is.
  const name = user && h("input", { class: "hidden", type: "text", autocomplete: "username", value: user, tabindex: -1,
    "aria-hidden": "true", readonly: true });
  const form = h(
    "form", { class: "form", novalidate: true, onsubmit: submit }, name, fields.map((one) => one.element), before, message,
      h("div", { class: "form-foot form-foot-left" }, button));
  async function submit(event) {
    event.preventDefault();
    if (!checkAll(fields)) return;
    button.disabled = true;
    message.hidden = true;
    try {
      await run();
      await done(form);
    } catch (error) {
      message.hidden = false;
      put(message, icon("warning"), h("span", {}, sentence(error)));
    }
    button.disabled = false;
  }
  return form;
}

function factorPart(session, refreshSession) {
  const box = h("div", { class: "factor" });
  const enrolled = Boolean(session.has_second_factor ?? session.user.has_second_factor);
  const password = field("factor-password", t("account.factor_password"), {
    type: "password", required: true, autocomplete: "current-password", limit: 128, hint: t("account.factor_password_hint"),
  });
  let begun;
  const form = commandForm([password], t(enrolled ? "account.factor_again" : "account.factor_begin"), {
    user: session.user.name, look: enrolled ? "" : "primary",
    run: async () => (begun = await post("/api/session/second-factor", { password: password.control.value })),
    done: () => enrol(begun),
  });
  put(
    box, h("p", { class: `factor-state ${enrolled ? "factor-on" : ""}` }, icon(enrolled ? "check" : "info"),
      h("span", {}, t(enrolled ? "account.factor_on" : "account.factor_off"))),
    h("p", { class: "form-hint" }, t("account.factor_about")), form);
  return box;

  function enrol({ secret, uri }) {
    const code = field("code", t("account.code"), {
      required: true, limit: 6, inputmode: "numeric", autocomplete: "one-time-code", hint: t("account.code_hint"),
      test: (value) => (/^\d{6}$/.test(value) ? null : t("signin.code_form")),
    });
    const copy = h("button", { type: "button", class: "button small", onclick: () => copyText(secret, copy) }, t("action.copy"));
    const form = commandForm([code], t("account.factor_confirm"), {
      run: () => send("/api/session/second-factor", { code: code.value() }),
      async done() {
        toast(t("account.factor_done"));
        await refreshSession();
      },
    });
    put(
      box, h("ol", { class: "factor-steps" },
        h("li", {}, h("p", {}, t("account.step_app"))),
        h("li", {}, h("p", {}, t("account.step_scan")), qrPicture(uri, t("account.qr_label")),
          h("p", { class: "form-hint" }, t("account.step_type")), h("div", { class: "secret" }, h("span", {}, grouped(secret)), copy),
          h("details", { class: "details" }, h("summary", {}, t("account.uri")), h("p", { class: "mono uri" }, uri),
            h("a", { href: uri }, t("account.open_app")))),
        h("li", {}, form)));
    code.focus();
  }
}

/** Easier to type in groups; the blanks do not count. */
const grouped = (secret) => secret.match(new RegExp(`.{1,${GROUP}}`, "g"))?.join(" ") ?? secret;
