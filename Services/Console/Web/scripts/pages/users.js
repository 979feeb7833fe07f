// Users: the command centre's own people, what they may do, and where they are signed in.

import { get, query as queryText } from "../core/api.js";
import { departments, names } from "../core/directory.js";
import { ago, count, dateTime } from "../core/format.js";
import { h, put } from "../core/h.js";
import { nameOf, t } from "../core/i18n.js";
import { shortcuts, walkRows } from "../core/keys.js";
import { rewrite } from "../core/router.js";
import { word } from "../parts/badge.js";
import { dialog } from "../parts/dialog.js";
import { icon } from "../parts/icon.js";
import { bodyRow, gather, moreButton, table } from "../parts/table.js";
import { empty, loading } from "../parts/states.js";
import { ROLES } from "../administration/rolesfield.js";
import { sessionList } from "../administration/sessions.js";
import { resetPassword, userDialog } from "../administration/userdialog.js";

const PAGE = 200;
const TYPING_MS = 300;

export function users({ query, session, signal }) {
  const filters = Object.fromEntries(["q", "role", "state", "department"].map((name) => [name, query.get(name) ?? ""]));
  const sum = h("span", { class: "page-sub", role: "status" });
  const known = names();
  const ask = async (page) => {
    const body = await get(`/api/users${queryText({ q: filters.q, limit: PAGE, page })}`, { signal });
    return { rows: body.users.filter(matches), next: body.next_page };
  };
  const more = moreButton(ask, async (rows) => {
    const columns = columnsOf(await known, act);
    list.querySelector("tbody")?.append(...rows.map((row) => bodyRow(columns, row)));
  });
  const list = loading(signal, async () => [await gather(ask), await known], ([{ rows: shown, next }, directory]) => {
    more.offer(next);
    put(sum, t(next ? "users.found_more" : "users.found", { n: count(shown.length) }));
    if (!shown.length) return empty(t("users.none"), t("users.none_hint"));
    return table(t("nav.users"), columnsOf(directory, act), shown, { className: "user-table", onRow: (row) => act.edit(row) });
  }, { lines: 10 });
  const act = {
    me: session.user, edit: (user) => userDialog(user, list.reload), reset: (user) => resetPassword(user, list.reload),
    sessions: (user) => showSessions(user, signal),
  };

  function matches(user) {
    if (filters.role && !user.roles.includes(filters.role)) return false;
    if (filters.department && user.department !== filters.department) return false;
    return !filters.state || (filters.state === "disabled") === Boolean(user.disabled);
  }
  function change(values) {
    Object.assign(filters, values);
    rewrite(`/admin/users${queryText(filters)}`);
    list.reload();
  }
  const create = () => userDialog(null, list.reload);
  const tools = toolBar(filters, change, signal);
  offerDepartments(tools.department, filters, signal);
  walkRows(list, "tbody tr", { next: t("key.next"), previous: t("key.previous"), open: t("users.edit") }, signal,
    (row) => row.querySelector("button")?.click());
  shortcuts({
    "/": { label: t("key.search"), run: () => tools.search.focus() },
    n: { label: t("users.create"), run: create },
  }, signal);
  const node = h(
    "div", { class: "page" },
    h(
      "div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("nav.users")), sum,
      h("button", { type: "button", class: "button primary", onclick: create }, icon("plus"), t("users.create"))),
    h("div", { class: "panel" }, tools.element, list, more));
  return { title: t("nav.users"), node };
}

function toolBar(filters, change, signal) {
  const search = h("input", {
    class: "input", type: "search", value: filters.q, maxlength: 80, placeholder: t("users.search"), "aria-label": t("users.search"),
  });
  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => change({ q: search.value.trim() }), TYPING_MS);
  });
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  const choice = (name, options) => {
    const element = h("select", { class: "input", "aria-label": t(`users.${name}`) }, options.map(([value, label]) =>
      h("option", { value, selected: value === filters[name] }, label)));
    element.addEventListener("change", () => change({ [name]: element.value }));
    return element;
  };
  const department = choice("department", [["", t("users.any_department")]]);
  const element = h(
    "form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
      h("div", { class: "filter-search" }, icon("search"), search), department,
    choice("role", [["", t("users.any_role")], ...ROLES.map((role) => [role, t(`role.${role}`)])]),
    choice("state", [["", t("users.any_state")], ["active", t("users.active")], ["disabled", t("users.disabled_state")]]));
  return { element, search, department };
}

async function offerDepartments(element, filters, signal) {
  const offices = await departments().catch(() => []);
  const known = offices.map((office) => [office.code, nameOf(office) || office.code]);
  if (filters.department && !known.some(([code]) => code === filters.department)) known.push([filters.department, filters.department]);
  if (signal.aborted) return;
  put(element, [["", t("users.any_department")], ...known].map(([value, label]) => h("option", { value }, label)));
  element.value = filters.department;
}

function columnsOf(directory, act) {
  const labelled = (key, user) => `${t(key)}：${user.display_name || user.name}`;
  const button = (key, user, action) =>
    h("button", { type: "button", class: "button small", "aria-label": labelled(key, user), onclick: () => action(user) }, t(key));
  const trail = (user) => h(
    "a", { class: "button small", href: `/admin/audit?user=${encodeURIComponent(user.name)}`, "aria-label": labelled("nav.audit", user) },
    t("nav.audit"));
  return [
    {
      label: t("users.person"), className: "col-user", cell: (user) => [
        h("span", { class: "cell-main" }, user.display_name || user.name,
          user.id === act.me.id && h("span", { class: "tag tag-after" }, t("users.you"))),
        h("span", { class: "cell-sub mono" }, user.name),
      ],
    },
    { label: t("users.roles"), cell: (user) => h("span", { class: "tags" },
      user.roles.map((role) => h("span", { class: "tag" }, word("role", role)))) },
    { label: t("users.limits"), className: "col-limits", cell: (user) => limits(user, directory) },
    { label: t("users.factor"), className: "nowrap", cell: (user) => (user.has_second_factor ? t("users.factor_yes") : h("span",
      { class: "muted" }, t("users.factor_no"))) },
    {
      label: t("users.last_seen"), className: "nowrap",
      cell: (user) => (user.last_sign_in_at ? h("span", { title: dateTime(user.last_sign_in_at) }, ago(user.last_sign_in_at)) : h("span",
        { class: "muted" }, t("users.never"))),
    },
    { label: t("users.state"), className: "nowrap", cell: state },
    {
      label: h("span", { class: "hidden" }, t("users.actions")), cell: (user) => h(
        "div", { class: "row-buttons" }, button("users.edit", user, act.edit), button("users.sessions", user, act.sessions),
        button("users.reset", user, act.reset), trail(user)),
    },
  ];
}

function limits(user, directory) {
  const texts = [
    user.department && directory.department(user.department), user.crew && directory.crew(user.department, user.crew),
    user.district && directory.district(user.district),
  ].filter(Boolean);
  return texts.length ? texts.join(" · ") : h("span", { class: "muted" }, t("users.whole_city"));
}

function state(user) {
  if (user.disabled) return h("span", { class: "user-state state-off" }, t("users.disabled_state"));
  if (user.must_change_password) return h("span", { class: "user-state state-wait" }, t("users.must_change"));
  return h("span", { class: "user-state state-on" }, t("users.active"));
}

function showSessions(user, pageSignal) {
  const life = new AbortController();
  const list = sessionList(`/api/users/${encodeURIComponent(user.id)}/sessions`, AbortSignal.any([life.signal, pageSignal]));
  dialog(t("users.sessions_of", { name: user.display_name || user.name }), list, { onClose: () => life.abort() });
}
