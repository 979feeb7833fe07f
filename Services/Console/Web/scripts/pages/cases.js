// The case list: filters in the address, full-text search, sorting, saved views, export; rows that are shown follow what happens.

import { get, query as queryText } from "../core/api.js";
import { kindName, names } from "../core/directory.js";
import { count, day, now, shortTime } from "../core/format.js";
import { h, put } from "../core/h.js";
import { lang, t } from "../core/i18n.js";
import { recallRow, shortcuts, walkRows } from "../core/keys.js";
import { atMostEvery, listen } from "../core/live.js";
import { patch } from "../core/patch.js";
import { navigate, rewrite } from "../core/router.js";
import { dueText, flags, isEnded, stateBadge } from "../parts/badge.js";
import { icon } from "../parts/icon.js";
import { bodyRow, gather, moreButton, table } from "../parts/table.js";
import { empty, loading } from "../parts/states.js";
import { OPEN_STATES } from "../parts/tone.js";
import { agree, filterBar, FLAGS, isByEnd, NAMES } from "./casefilters.js";
import { viewBar } from "./caseviews.js";

/** What the columns sort by, as the API names it. Deadlines come nearest first, ended cases newest first, either way. */
const SORTS = { filed: "oldest", "-filed": "newest", due: "due", "-due": "due", ended: "ended", "-ended": "ended" };
const CURRENT = { oldest: "filed", due: "due", ended: "-ended" };
const PAGE = 50;
const REDRAW_MS = 500;
/** Filters that a case's line answers word for word. */
const SAMES = ["district", "street", "kind", "department", "crew"];

export function cases({ query, session, signal }) {
  const filters = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""]));
  for (const end of ["from", "to", "closed_from", "closed_to"]) if (filters[end] === "today") filters[end] = day(now());
  agree(filters);
  const view = { filters, signal, known: names(), total: null, shown: new Map() };
  const total = h("span", { class: "page-sub", role: "status" });
  const news = h("div", { class: "list-news", role: "status" });
  const load = (page) => ask(view, page);
  const more = moreButton(load, async (rows) => {
    const columns = columnsOf(await view.known, filters, change);
    list.querySelector("tbody").append(...rows.map((row) => rowOf(view, columns, row)));
  });
  const list = loading(signal, async () => [await gather(load, undefined), await view.known], ([{ rows, next }, directory]) => {
    more.offer(next);
    put(total, totalText(view.total));
    put(news);
    view.news = 0;
    view.shown = new Map(rows.map((row) => [row.number, row]));
    if (!rows.length) return empty(t("cases.none"), t("cases.none_hint"), clearButton());
    queueMicrotask(() => recallRow(list));
    return table(t("cases.title"), columnsOf(directory, filters, change), rows, { href: hrefOf });
  }, { lines: 12, className: "case-list" });
  const exportLink = h(
    "a", { class: "button small", download: true, title: t("cases.export_about") }, icon("download"), t("action.export"));
  const bar = filterBar(filters, session.user, change, signal);
  const saved = viewBar(filters);
  const clear = () => navigate("/cases?state=open");
  const clearButton = () => h("button", { type: "button", class: "button", onclick: clear }, t("cases.clear"));

  function change(values) {
    agree(Object.assign(filters, values));
    rewrite(`/cases${queryText(filters)}`);
    follow();
    list.reload();
  }
  function follow() {
    exportLink.href = `/api/cases.csv${queryText({ ...asAPI(filters), lang: lang() })}`;
    saved.draw();
  }
  follow();
  followLive(view, list, news, change);
  walkRows(list, "tbody tr", { next: t("key.next"), previous: t("key.previous"), open: t("key.open") }, signal,
    (row) => navigate(row.dataset.href), () => more.querySelector("button")?.click());
  shortcuts({
    "/": { label: t("key.search"), run: () => bar.search.focus() },
    v: { label: t("cases.view_save"), run: saved.save },
    x: { label: t("cases.clear"), run: clear },
  }, signal);
  const head = h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("cases.title")), total,
    h("button", { type: "button", class: "button quiet small", onclick: clear }, t("cases.clear")), exportLink);
  return { title: t("cases.title"), node: h("div", { class: "page" }, head, saved.element, h("div", { class: "panel" }, bar.element, news,
    list, more)) };
}

/** Shown rows follow the city; new cases are announced, not pushed in where somebody is reading. */
function followLive(view, list, news, change) {
  const changed = new Map();
  const redraw = atMostEvery(REDRAW_MS, async () => {
    const columns = columnsOf(await view.known, view.filters, change);
    for (const row of changed.values()) {
      const old = list.querySelector(`tr[data-key="${CSS.escape(hrefOf(row))}"]`);
      if (old) patch(old, ...rowOf(view, columns, row).childNodes);
    }
    changed.clear();
  }, view.signal);
  const offer = (text) => put(news, h("button", { type: "button", class: "button small", onclick: list.reload }, text));
  listen("case", (row) => {
    if (!row) return offer(t("cases.behind"));
    if (view.shown.has(row.number)) {
      changed.set(row.number, { ...view.shown.get(row.number), ...row });
      return redraw();
    }
    if (row.change !== "filed" || !mayFit(view.filters, row)) return;
    view.news = (view.news ?? 0) + 1;
    offer(t("cases.news", { n: count(view.news) }));
  }, view.signal);
}

/** Whether a new case belongs into the list, as far as its line tells. */
function mayFit(filters, row) {
  if (isByEnd(filters) || filters.sort === "ended") return false;
  if (filters.state && filters.state !== "open" && filters.state !== row.state) return false;
  return SAMES.every((name) => !filters[name] || filters[name] === row[name]) && FLAGS.every((name) => !filters[name] || row[name]);
}

function rowOf(view, columns, row) {
  view.shown.set(row.number, row);
  return bodyRow(columns, row, hrefOf);
}

async function ask(view, page) {
  const body = await get(`/api/cases${queryText({ ...asAPI(view.filters), limit: PAGE, page })}`, { signal: view.signal });
  if (!page) view.total = body;
  return { rows: body.cases, next: body.next_page };
}

function totalText(body) {
  const total = body?.total_estimate;
  return total === undefined || total === null ? "" : t(body.total_is_minimum ? "cases.found_more" : "cases.found", { n: count(total) });
}

const hrefOf = (row) => `/cases/${encodeURIComponent(row.number)}`;

/** "open" stands for the six states that are. */
const asAPI = (filters) => ({ ...filters, state: filters.state === "open" ? OPEN_STATES : filters.state });

function columnsOf(directory, filters, change) {
  const byEnd = isByEnd(filters);
  const current = byEnd ? "-ended" : CURRENT[filters.sort] ?? "-filed";
  const sort = (key) => ({ key, current, change: (next) => change({ sort: SORTS[next] }) });
  const ended = isEnded(filters.state) || filters.sort === "ended" || byEnd;
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
    { label: t("cases.filed"), className: "nowrap", sort: !byEnd && sort("filed"), cell: (row) => shortTime(row.filed_at) },
    ended ? { label: t("cases.ended"), className: "nowrap", sort: sort("ended"), cell: (row) => shortTime(row.ended_at) }
      : { label: t("cases.due"), className: "nowrap", sort: sort("due"), cell: dueText },
  ];
}
