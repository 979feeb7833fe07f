// The case list: filters in the address, full-text search, sorting, saved views, export.

import { get, query as queryText } from "../core/api.js";
import { departments, divisionList, divisionName, kindName, kinds, names } from "../core/directory.js";
import { count, day, now, shortTime } from "../core/format.js";
import { h, put } from "../core/h.js";
import { nameOf, t } from "../core/i18n.js";
import { shortcuts, walkRows } from "../core/keys.js";
import { navigate, rewrite } from "../core/router.js";
import { dueText, flags, stateBadge, word } from "../parts/badge.js";
import { formDialog, toast } from "../parts/dialog.js";
import { field } from "../parts/field.js";
import { icon } from "../parts/icon.js";
import { bodyRow, moreButton, table } from "../parts/table.js";
import { empty, loading } from "../parts/states.js";
import { OPEN_STATES, STATES } from "../parts/tone.js";
import { forget, keep, views } from "../parts/views.js";

/** What the columns sort by, as the API names it. The nearest deadline comes first either way. */
const SORTS = { filed: "oldest", "-filed": "newest", due: "due", "-due": "due" };
const PAGE = 50;
const TYPING_MS = 300;
const FLAGS = ["overdue", "urgent", "supervised", "unplaced"];
const NAMES = ["q", "state", "kind", "district", "street", "department", "crew", "from", "to", "sort", ...FLAGS];

export function cases({ query, signal }) {
  const filters = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""]));
  if (filters.from === "today") filters.from = day(now());
  const known = names();
  const total = h("span", { class: "page-sub", role: "status" });
  const more = moreButton(async (page) => {
    const body = await ask(filters, signal, page);
    return { rows: body.cases, next: body.next_page };
  }, async (rows) => {
    const columns = columnsOf(await known, filters, change);
    list.querySelector("tbody").append(...rows.map((row) => bodyRow(columns, row, hrefOf)));
  });
  const list = loading(signal, async () => [await ask(filters, signal), await known], ([body, directory]) => {
    more.offer(body.next_page);
    put(total, totalText(body));
    if (!body.cases.length) return empty(t("cases.none"), t("cases.none_hint"), clearButton());
    return table(t("cases.title"), columnsOf(directory, filters, change), body.cases, { href: hrefOf });
  }, { lines: 12, className: "case-list" });

  const exportLink = h("a", { class: "button small", download: true }, icon("download"), t("action.export"));
  const bar = filterBar(filters, change, signal);
  const saved = h("div", { class: "views" });

  function change(values) {
    Object.assign(filters, values);
    rewrite(addressOf(filters));
    exportLink.href = `/api/cases.csv${queryText(asAPI(filters))}`;
    drawViews();
    list.reload();
  }
  function clearButton() {
    return h("button", { type: "button", class: "button", onclick: () => navigate("/cases?state=open") }, t("action.clear"));
  }
  function drawViews() {
    put(saved, viewLinks(filters, drawViews), h(
      "button", { type: "button", class: "button quiet small", onclick: () => saveView(filters, drawViews) }, icon("save", { size: 14 }),
        t("cases.view_save")));
  }
  exportLink.href = `/api/cases.csv${queryText(asAPI(filters))}`;
  drawViews();
  walkRows(list, "tbody tr", { next: t("key.next"), previous: t("key.previous"), open: t("key.open") }, signal,
    (row) => navigate(row.dataset.href));
  shortcuts({ "/": { label: t("key.search"), run: () => bar.search.focus() } }, signal);

  const node = h(
    "div", { class: "page" }, h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("cases.title")), total, exportLink), saved,
    h("div", { class: "panel" }, bar.element, list, more));
  return { title: t("cases.title"), node };
}

function totalText({ total_estimate: total, total_is_minimum: more }) {
  return total === undefined || total === null ? "" : t(more ? "cases.found_more" : "cases.found", { n: count(total) });
}

const hrefOf = (row) => `/cases/${encodeURIComponent(row.number)}`;
const addressOf = (filters) => `/cases${queryText(filters)}`;

/** "open" stands for the six states that are. */
function asAPI(filters) {
  return { ...filters, state: filters.state === "open" ? OPEN_STATES : filters.state };
}

function ask(filters, signal, page) {
  return get(`/api/cases${queryText({ ...asAPI(filters), limit: PAGE, page })}`, { signal });
}

function columnsOf(directory, filters, change) {
  const current = { oldest: "filed", due: "due" }[filters.sort] ?? "-filed";
  const sort = (key) => ({ key, current, change: (next) => change({ sort: SORTS[next] }) });
  return [
    { label: t("cases.number"), className: "nowrap", cell: (row) => h("a", { class: "mono", href: hrefOf(row) }, row.number) },
    { label: t("cases.state"), cell: (row) => stateBadge(row.state) },
    {
      label: t("cases.what"), className: "col-what", cell: (row) => [
        h("span", { class: "cell-main" }, h("span", { class: "cell-kind" }, kindName(row)), h("span", { class: "flags" }, flags(row))),
        row.text && row.text !== kindName(row) && h("span", { class: "cell-sub" }, row.text),
      ],
    },
    {
      label: t("cases.where"), className: "col-where", cell: (row) => [
        h("span", { class: "cell-main" }, row.address || t("cases.no_place")), h("span", { class: "cell-sub" }, directory.place(row)),
      ],
    },
    {
      label: t("cases.who"), className: "col-who", cell: (row) => [
        h("span", { class: "cell-main" }, directory.department(row.department) || h("span", { class: "muted" }, "–")),
        row.crew && h("span", { class: "cell-sub" }, directory.crew(row.department, row.crew)),
      ],
    },
    { label: t("cases.filed"), className: "nowrap", sort: sort("filed"), cell: (row) => shortTime(row.filed_at) },
    { label: t("cases.due"), className: "nowrap", sort: sort("due"), cell: dueText },
  ];
}

function filterBar(filters, change, signal) {
  const search = h("input", {
    class: "input", type: "search", value: filters.q, placeholder: t("cases.search"), "aria-label": t("action.search"), maxlength: 200,
  });
  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => change({ q: search.value.trim() }), TYPING_MS);
  });
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  const states = [
    { value: "", label: t("cases.state_any") }, { value: "open", label: t("cases.state_open") },
    ...STATES.map((state) => ({ value: state, label: word("state", state) })),
  ];
  const chips = FLAGS.map((flag) => {
    const chip = h("button", { type: "button", class: "button small", "aria-pressed": String(filters[flag] === "true") },
      t(`flag.${flag}`));
    chip.addEventListener("click", () => {
      const on = chip.getAttribute("aria-pressed") !== "true";
      chip.setAttribute("aria-pressed", String(on));
      change({ [flag]: on ? "true" : "" });
    });
    return chip;
  });
  const element = h(
    "form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
    h("div", { class: "filter-search" }, icon("search"), search), choice("state", states, filters, change),
    laterChoice("kind", kinds(), filters, change, nameOf),
    laterChoice("district", divisionList("district"), filters, change, (item) => divisionName(item, item.code)),
    laterChoice("department", departments(), filters, change, nameOf), dateInput("from", filters, change), dateInput("to", filters, change),
    h("div", { class: "filter-flags" }, chips));
  return { element, search };
}

function choice(name, options, filters, change) {
  const element = h("select", { class: "input", "aria-label": t(`cases.${name}`) },
    options.map(({ value, label }) => h("option", { value }, label)));
  element.value = filters[name];
  element.addEventListener("change", () => change({ [name]: element.value }));
  return element;
}

/** A choice whose options come from a service; until then it offers what is chosen. */
function laterChoice(name, list, filters, change, label) {
  const any = { value: "", label: `${t(`cases.${name}`)}：${t("cases.any")}` };
  const element = choice(name, filters[name] ? [any, { value: filters[name], label: filters[name] }] : [any], filters, change);
  list.then((items) => {
    put(element, [any, ...items.map((item) => ({ value: String(item.code), label: label(item) }))]
      .map((option) => h("option", { value: option.value }, option.label)));
    element.value = filters[name];
  }, () => null);
  return element;
}

function dateInput(name, filters, change) {
  const element = h("input", { class: "input", type: "date", value: filters[name] });
  element.addEventListener("change", () => change({ [name]: element.value }));
  return h("label", { class: "filter-date" }, t(`cases.${name}`), element);
}

function viewLinks(filters, redraw) {
  const here = queryText({ ...filters, sort: "" });
  const built = [
    { name: t("cases.view_all_open"), search: "?state=open" },
      { name: t("cases.view_overdue"), search: "?state=open&overdue=true&sort=due" },
    { name: t("cases.view_urgent"), search: "?state=open&urgent=true" },
  ];
  const link = ({ name, search }) => h("a", { class: "view", href: `/cases${search}`,
    "aria-current": same(search, here) ? "true" : null }, name);
  return [
    built.map(link),
    views().map((view) => h("span", { class: "view-own" }, link(view), h(
      "button", {
        type: "button", class: "icon-button", "aria-label": t("cases.view_delete", { name: view.name }),
        onclick: () => {
          forget(view.name);
          redraw();
        },
      }, icon("close", { size: 12 })))),
  ];
}

function same(search, here) {
  const plain = (text) => {
    const pairs = new URLSearchParams(text);
    pairs.delete("sort");
    pairs.sort();
    return pairs.toString();
  };
  return plain(search) === plain(here);
}

function saveView(filters, redraw) {
  formDialog(t("cases.view_save"), {
    fields: [field("name", t("cases.view_name"), { required: true, limit: 30 })], submit: t("action.save"),
    send: async ({ name }) => keep({ name, search: queryText(filters) }),
    done() {
      redraw();
      toast(t("cases.view_saved"));
    },
  });
}
