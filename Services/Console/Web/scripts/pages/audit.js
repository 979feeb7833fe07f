// The audit list: who did what, on what, from where. Nothing in it can be changed.

import { get, query as queryText } from "../core/api.js";
import { exactTime } from "../core/format.js";
import { h } from "../core/h.js";
import { t } from "../core/i18n.js";
import { shortcuts } from "../core/keys.js";
import { rewrite } from "../core/router.js";
import { word } from "../parts/badge.js";
import { icon } from "../parts/icon.js";
import { bodyRow, gather, moreButton, table } from "../parts/table.js";
import { empty, loading } from "../parts/states.js";
import { detailWords } from "../administration/auditwords.js";
import { browserName } from "../administration/sessions.js";

const PAGE = 100;
const TYPING_MS = 400;
const NAMES = ["user", "action", "target", "result", "from", "to"];
const ACTIONS = [
  "sign_in", "sign_out", "password_changed", "second_factor_begun", "second_factor_enrolled", "user_created", "user_changed",
    "password_reset",
  "session_revoked", "export", "exported", "reporter_viewed",
];
const RESULTS = ["done", "refused", "failed"];
const CASE_NUMBER = /^\d{6,8}-\d{3,}(-\d)?$/;

export function audit({ query, signal }) {
  const filters = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""]));
  const ask = async (page) => {
    const body = await get(`/api/audit${queryText({ ...filters, limit: PAGE, page })}`, { signal });
    return { rows: body.entries, next: body.next_page };
  };
  const columns = columnsOf();
  const more = moreButton(ask, (rows) => list.querySelector("tbody")?.append(...rows.map((row) => bodyRow(columns, row))));
  const list = loading(signal, () => gather(ask), ({ rows, next }) => {
    more.offer(next);
    if (!rows.length) return empty(t("audit.none"), t("audit.none_hint"));
    return table(t("nav.audit"), columns, rows, { className: "audit-table" });
  }, { lines: 12 });
  const change = (values) => {
    Object.assign(filters, values);
    rewrite(`/admin/audit${queryText(filters)}`);
    list.reload();
  };
  const bar = toolBar(filters, change, signal);
  shortcuts({
    "/": { label: t("key.search"), run: () => bar.search.focus() },
    r: { label: t("audit.reload"), run: list.reload },
  }, signal);
  const node = h(
    "div", { class: "page" },
    h(
      "div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("nav.audit")),
      h("span", { class: "page-sub" }, t("audit.about")), h("button", { type: "button", class: "button small", onclick: list.reload },
        t("audit.reload"))),
    h("div", { class: "panel" }, bar.element, list, more));
  return { title: t("nav.audit"), node };
}

function toolBar(filters, change, signal) {
  const typed = (name) => {
    const element = h("input", { class: "input", type: "search", value: filters[name], maxlength: 80,
      placeholder: t(`audit.${name}_search`), "aria-label": t(`audit.${name}_search`) });
    let timer = 0;
    element.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => change({ [name]: element.value.trim() }), TYPING_MS);
    });
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
    return element;
  };
  const choice = (name, values, family) => {
    const known = filters[name] && !values.includes(filters[name]) ? [...values, filters[name]] : values;
    const element = h(
      "select", { class: "input", "aria-label": t(`audit.${name}`) }, h("option", { value: "" }, t(`audit.any_${name}`)),
      known.map((value) => h("option", { value, selected: value === filters[name] }, word(family, value))));
    element.addEventListener("change", () => change({ [name]: element.value }));
    return element;
  };
  const date = (name) => {
    const element = h("input", { class: "input", type: "date", value: filters[name], "aria-label": t(`audit.${name}`),
      title: t(`audit.${name}`) });
    element.addEventListener("change", () => change({ [name]: element.value }));
    return element;
  };
  const search = typed("user");
  const element = h(
    "form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
      h("div", { class: "filter-search" }, icon("search"), search),
    typed("target"), choice("action", ACTIONS, "audit_action"), choice("result", RESULTS, "audit_result"), date("from"), date("to"));
  return { element, search };
}

function columnsOf() {
  return [
    { label: t("audit.at"), className: "nowrap mono-cell", cell: (entry) => exactTime(entry.at) },
    { label: t("audit.user"), className: "nowrap",
      cell: (entry) => entry.user ?? entry.user_name ?? "" ? entry.user ?? entry.user_name : h("span", { class: "muted" },
        t("audit.nobody")) },
    { label: t("audit.action"), className: "col-action", cell: (entry) => word("audit_action", entry.action) },
    { label: t("audit.target"), cell: target },
    { label: t("audit.result"), className: "nowrap", cell: (entry) => h("span", { class: `result result-${entry.result}` },
      word("audit_result", entry.result)) },
    { label: t("audit.detail"), className: "col-detail", cell: detailWords },
    {
      label: t("audit.address"), className: "nowrap", cell: (entry) => [
        h("span", { class: "cell-main mono" }, entry.address),
          entry.user_agent && h("span", { class: "cell-sub", title: entry.user_agent }, browserName(entry.user_agent)),
      ],
    },
  ];
}

function target(entry) {
  if (!entry.target) return h("span", { class: "muted" }, "–");
  if (CASE_NUMBER.test(entry.target)) return h("a", { class: "mono", href: `/cases/${encodeURIComponent(entry.target)}` }, entry.target);
  return word("audit_target", entry.target);
}
