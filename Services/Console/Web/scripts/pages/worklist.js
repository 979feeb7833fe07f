// What needs a person: unplaced, undispatched, overdue, returned.

import { get } from "../core/api.js";
import { kindName, names } from "../core/directory.js";
import { ago, count } from "../core/format.js";
import { h } from "../core/h.js";
import { pick, t } from "../core/i18n.js";
import { walkRows } from "../core/keys.js";
import { atMostEvery, listen } from "../core/live.js";
import { may } from "../core/rights.js";
import { navigate } from "../core/router.js";
import { dueText, flags } from "../parts/badge.js";
import { down, empty, loading } from "../parts/states.js";
import { decideReport } from "./casereports.js";
import { placeReport } from "./placing.js";

const EVERY_MS = 3_000;
const QUEUES = [
  { key: "undispatched", search: "?state=pending_dispatch" }, { key: "returned", search: "?state=returned" },
  { key: "overdue", search: "?state=open&overdue=true&sort=due" }, { key: "unplaced", search: "?state=open&unplaced=true" },
];

export function worklist({ session, signal }) {
  const view = { user: session.user, known: null };
  const body = loading(signal, async () => [await get("/api/worklist", { signal }), await names()], ([lists, known]) => {
    Object.assign(view, { known, reload: body.reload });
    return h("div", { class: "queues" }, QUEUES.filter(({ key }) => lists[key]).map((queue) => queuePanel(queue, lists[queue.key], view)));
  }, { lines: 10, inPlace: true });
  listen("case", atMostEvery(EVERY_MS, body.reload, signal), signal);
  walkRows(body, ".work-row", { next: t("key.next"), previous: t("key.previous"), open: t("key.open") }, signal,
    (row) => (row.dataset.href ? navigate(row.dataset.href) : row.querySelector("button")?.click()));
  return {
    title: t("worklist.title"),
    node: h("div", { class: "page" }, h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("worklist.title"))), body),
  };
}

/** A queue whose service is away says so; the others are worked off meanwhile. */
function queuePanel({ key, search }, list, view) {
  const items = list.items ?? [];
  const number = list.error ? null : h("span", { class: list.count ? "count" : "count count-none" }, count(list.count), list.more && "+");
  return h(
    "section", { class: "panel queue", "data-key": key },
    h(
      "header", { class: "panel-head" }, h("h2", {}, t(`worklist.${key}`), number),
      h("a", { class: "button quiet small", href: `/cases${search}`, "aria-label": `${t("worklist.all")} ${t(`worklist.${key}`)}` },
        t("worklist.all"))),
    h("p", { class: "queue-hint" }, t(`worklist.${key}_hint`)), list.error ? down(list.error, view.reload)
      : items.length ? h("ul", {}, items.map((row) => (row.number ? workRow(row, view.known) : reportRow(row, view))))
        : empty(t("worklist.clear"), t("worklist.clear_hint")));
}

function workRow(row, known) {
  const href = `/cases/${encodeURIComponent(row.number)}`;
  const where = [row.address, known.district(row.district)].filter(Boolean).join(" · ") || t("cases.no_place");
  return h(
    "li", { class: "work-row", "data-href": href, "data-key": row.number },
    h(
      "a", { href }, h("span", { class: "work-what" }, h("span", {}, kindName(row)), h("span", { class: "flags" }, flags(row))),
      h("span", { class: "work-due" }, row.due_at ? dueText(row) : ago(row.filed_at)),
      h("span", { class: "work-where" }, where), h("span", { class: "mono work-number" }, row.number)));
}

/** A report of which nobody knows where it is: a person places it or says why not. */
function reportRow(report, view) {
  const button = (key, action) => h("button", { type: "button", class: "button small", onclick: action }, t(`case.${key}`));
  const why = pick(report.unplaced_reason, report.unplaced_reason_en);
  return h(
    "li", { class: "work-row work-report", "data-key": report.id },
    h(
      "div", {}, h("p", {}, report.text || report.kind),
      h("p", { class: "work-where" }, [report.address, why, ago(report.at)].filter(Boolean).join(" · ")),
      report.case_number && h("a", { class: "mono work-number", href: `/cases/${encodeURIComponent(report.case_number)}` },
        report.case_number)),
    may(view.user, "decide_reports") && h("div", { class: "row-buttons" }, button("place", () => placeReport(report, view.reload)),
      button("reject", () => decideReport(report, "reject", view.reload))));
}
