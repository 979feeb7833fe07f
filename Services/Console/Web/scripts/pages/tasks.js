// A department's or a crew's own open tasks, made for one hand on a phone.

import { commandKey, get, post, query } from "../core/api.js";
import { kindName, names } from "../core/directory.js";
import { count } from "../core/format.js";
import { h, put } from "../core/h.js";
import { sentence, t } from "../core/i18n.js";
import { patch } from "../core/patch.js";
import { walkRows } from "../core/keys.js";
import { atMostEvery, listen } from "../core/live.js";
import { navigate } from "../core/router.js";
import { dueText, flags, stateBadge } from "../parts/badge.js";
import { toast } from "../parts/dialog.js";
import { icon } from "../parts/icon.js";
import { gather, moreButton } from "../parts/table.js";
import { empty, loading } from "../parts/states.js";
import { openAction } from "./caseactions.js";

const EVERY_MS = 3_000;
const TABS = {
  all: () => true, new: (row) => row.state === "dispatched", handling: (row) => row.state === "handling", late: (row) => row.overdue,
};

export function tasks({ session, signal }) {
  const view = { tab: "all", rows: [], known: null, list: h("ul", { class: "tasks" }), summary: h("p", { class: "page-sub" }),
    tabs: h("div", { class: "tabs", role: "group" }) };
  const { department, crew } = session.user;
  const ask = async (page) => {
    const body = await get(`/api/tasks${query({ department, crew, page })}`, { signal });
    return { rows: body.cases, next: body.next_page };
  };
  const more = moreButton(ask, (rows) => {
    view.rows.push(...rows);
    drawList(view);
  });
  // As many as are shown: what somebody asked for stays when something happens.
  const body = loading(signal, async () => [await gather(ask, undefined, view.rows.length), await names()], ([{ rows, next }, known]) => {
    Object.assign(view, { rows, known });
    more.offer(next);
    drawList(view);
    return [view.tabs, view.list];
  }, { lines: 8, inPlace: true });
  view.reload = body.reload;
  listen("case", atMostEvery(EVERY_MS, body.reload, signal), signal);
  walkRows(body, ".task", { next: t("key.next"), previous: t("key.previous"), open: t("key.open") }, signal,
    (row) => navigate(row.dataset.href));
  return {
    title: t("tasks.title"),
    node: h(
      "div", { class: "page tasks-page" }, h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("tasks.title")), view.summary),
        body, more),
  };
}

function drawList(view) {
  const late = view.rows.filter(TABS.late).length;
  put(view.summary, t("tasks.summary", { n: count(view.rows.length), late: count(late) }));
  put(view.tabs, Object.entries(TABS).map(([tab, test]) => h(
    "button", {
      type: "button", class: "tab", "aria-pressed": String(tab === view.tab),
      onclick: () => {
        view.tab = tab;
        drawList(view);
      },
    }, t(`tasks.${tab}`), h("span", { class: "tab-count" }, count(view.rows.filter(test).length)))));
  const shown = view.rows.filter(TABS[view.tab]);
  patch(view.list, shown.length ? shown.map((row) => taskCard(view, row)) : h("li", {}, empty(t("tasks.none"), t("tasks.none_hint"))));
}

function taskCard(view, row) {
  const href = `/cases/${encodeURIComponent(row.number)}`;
  const button = (action, style) => h(
    "button", { type: "button", class: `button ${style}`, onclick: ({ currentTarget }) => act(view, row, action, currentTarget) },
    t(`do.${action}`));
  return h(
    "li", { class: row.overdue ? "task task-late" : "task", "data-href": href, "data-key": row.number, "data-version": row.version },
    h(
      "a", { class: "task-link", href },
      h("span", { class: "task-head" }, h("span", { class: "task-kind" }, kindName(row)), h("span", { class: "flags" }, flags(row)),
        dueText(row)),
      h("span", { class: "task-where" }, icon("pin", { size: 14 }), row.address || t("cases.no_place")),
      row.text && row.text !== kindName(row) && h("span", { class: "task-text" }, row.text),
      h("span", { class: "task-foot" }, stateBadge(row.state), h("span", { class: "mono muted" }, row.number))),
    h("div", { class: "task-buttons" }, row.state === "dispatched" && button("accept", "primary"),
      button("handled", row.state === "handling" ? "primary" : ""), button("return", "quiet")));
}

/** Accepting needs no question; the others ask as on the case's page. Touched twice, a button does it once. */
async function act(view, row, action, button) {
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  const path = `/api/cases/${encodeURIComponent(row.number)}`;
  try {
    if (action === "accept") {
      await post(`${path}/actions/accept`, { key: commandKey(), expected_version: row.version });
      toast(t("do.done", { action: t("do.accept") }));
      return await view.reload();
    }
    const data = await get(path);
    if (!data.actions.includes(action)) {
      toast(t("tasks.not_now", { action: t(`do.${action}`) }), "bad");
      return await view.reload();
    }
    await openAction({ number: row.number, data, show: view.reload }, action);
  } catch (error) {
    toast(sentence(error), "bad");
    view.reload();
  } finally {
    button.ariaDisabled = null;
  }
}
