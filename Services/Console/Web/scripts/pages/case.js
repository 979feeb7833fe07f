// One case: what, where, by when and why; who did what; and exactly what this person may do now.

import { get } from "../core/api.js";
import { divisions, kindName, names } from "../core/directory.js";
import { dateTime, deadline, exactTime } from "../core/format.js";
import { h, put } from "../core/h.js";
import { pick, t, tongue } from "../core/i18n.js";
import { shortcuts } from "../core/keys.js";
import { listen } from "../core/live.js";
import { may } from "../core/rights.js";
import { lastList, navigate } from "../core/router.js";
import { flags, isEnded, stateBadge, word } from "../parts/badge.js";
import { toast } from "../parts/dialog.js";
import { icon } from "../parts/icon.js";
import { addDivisions, addNames, addPin, showMap } from "../parts/map.js";
import { failed, loading } from "../parts/states.js";
import { actionName, ACTIONS, openAction } from "./caseactions.js";
import { history } from "./casehistory.js";
import { reports } from "./casereports.js";

const COUNTDOWN_MS = 10_000;
/** What is mostly done next in a state. */
const USUAL = {
  pending_dispatch: "dispatch", dispatched: "accept", handling: "handled", returned: "dispatch", handled: "check", pending_close: "close",
};
const RARE = new Set(["cancel", "refer", "supervise", "reopen"]);
const KEYS = { dispatch: "d", accept: "a", return: "r", handled: "f", check: "c", close: "x", supervise: "s" };

export function casePage({ params, session, signal }) {
  const address = `/api/cases/${encodeURIComponent(params.number)}`;
  const view = { number: params.number, session, signal, data: null, known: null, life: new AbortController() };
  const body = loading(signal, async () => [await get(address, { signal }), await names()], ([data, known]) => draw(view, data, known),
    { lines: 12 });
  view.show = (data) => put(body, draw(view, data, view.known));
  view.reload = body.reload;
  signal.addEventListener("abort", () => view.life.abort(), { once: true });
  const isShown = (file) => file.version === view.data?.case.version;
  const look = () => get(address, { signal }).then((data) => isShown(data.case) || body.reload(), body.reload);
  listen("case", (row) => {
    if (row && (row.number !== params.number || isShown(row))) return;
    // A form that is being filled in is not taken away: it learns of the change when it is sent, the page when it is closed.
    const form = document.querySelector("dialog[open]");
    if (form) return form.addEventListener("close", look, { once: true, signal });
    if (!row) return look();
    body.reload();
    toast(t("case.updated"));
  }, signal);
  const title = t("case.title", { number: params.number });
  return {
    title,
    node: h(
      "div", { class: "page" }, h(
        "div", { class: "page-head" },
        h("a", { class: "icon-button", href: lastList(), "aria-label": t("key.back") }, icon("left")),
        h("h1", { class: "case-title", tabindex: -1 }, h("span", { class: "hidden" }, t("cases.title")),
          h("span", { class: "mono" }, params.number))), body),
  };
}

function draw(view, data, known) {
  view.life.abort();
  view.life = new AbortController();
  Object.assign(view, { data, known });
  const file = data.case;
  bindKeys(view);
  return h(
    "div", { class: "case" },
    h(
      "div", { class: "panel case-head" },
      h("div", { class: "case-head-what" }, h("h2", {}, kindName(file)), stateBadge(file.state),
        h("span", { class: "flags" }, flags(file))),
      actionBar(view)),
    h(
      "div", { class: "case-left" },
      panel(t("case.text"), h("p", { class: "case-text" }, textOf(file)), mapBox(view)),
      panel(t("case.facts"), facts(file, known)),
      may(view.session.user, "read_reports") && panel(t("case.reports", { n: data.reports?.length ?? 0 }), reports(view))),
    h(
      "div", { class: "case-right" }, panel(t("case.deadline"), deadlineBox(view)), panel(t("case.why"), reasonBox(view)),
      panel(t("case.history"), history(data.history ?? [], known))));
}

/** An alarm speaks both languages; people's own words stay as they are. */
const textOf = (file) => (file.channel === "sensor" ? tongue(file.text) : file.text) || kindName(file);

const panel = (title, ...body) =>
  h("section", { class: "panel" }, h("header", { class: "panel-head" }, h("h2", {}, title)), h("div", { class: "panel-body" }, body));

function actionBar(view) {
  const usual = USUAL[view.data.case.state];
  const allowed = ACTIONS.filter((action) => view.data.actions?.includes(action));
  const actions = allowed.includes(usual) ? [usual, ...allowed.filter((action) => action !== usual)] : allowed;
  if (!actions.length) return h("p", { class: "muted" }, t("case.no_actions"));
  return h("div", { class: "case-actions" }, actions.map((action) => {
    const style = action === usual ? "button primary" : RARE.has(action) ? "button quiet" : "button";
    const label = actionName(action, view.data.case);
    return h("button", { type: "button", class: style, "data-action": action, onclick: () => openAction(view, action) }, label);
  }));
}

function bindKeys(view) {
  const mine = (view.data.actions ?? []).filter((action) => KEYS[action]);
  const keys = mine.map((action) => [
    KEYS[action], { label: t("key.action", { action: actionName(action, view.data.case) }), run: () => openAction(view, action) },
  ]);
  const back = { label: t("key.back"), run: () => navigate(lastList()) };
  shortcuts({ ...Object.fromEntries(keys), Escape: back }, view.life.signal);
}

function facts(file, known) {
  const place = file.place ?? file;
  const rows = [
    ["case.address", file.address || t("cases.no_place")], ["case.area",
      known.place({ district: file.district ?? place.district, street: file.street ?? place.street })],
    ["case.department", known.department(file.department)], ["case.crew", known.crew(file.department, file.crew)],
    ["case.channel", file.channel && word("channel", file.channel)], ["case.external", file.channel !== "sensor" && file.external_ref],
    ["case.filed_at", exactTime(file.filed_at)], ["case.dispatched_at", exactTime(file.dispatched_at)],
    ["case.handled_at", exactTime(file.handled_at)], ["case.ended_at", exactTime(file.ended_at)], ["case.authority", file.authority],
    ["case.check", file.check_required === undefined ? "" : t(file.check_required ? "case.check_needed" : "case.check_not_needed")],
    ["case.counts", backAndForth(file)],
  ];
  return h("dl", { class: "facts facts-wide" },
    rows.filter(([, value]) => value).map(([key, value]) => [h("dt", {}, t(key)), h("dd", {}, value)]));
}

function backAndForth(file) {
  const [returned, reworked, reopened] = [file.return_count ?? 0, file.rework_count ?? 0, file.reopen_count ?? 0];
  return returned + reworked + reopened ? t("case.counts_text", { returned, reworked, reopened }) : "";
}

function deadlineBox(view) {
  const file = view.data.case;
  const due = view.data.deadline ?? {};
  const dueAt = due.due_at ?? file.due_at;
  if (!dueAt) return h("p", { class: "muted" }, t("case.no_deadline"));
  const count = h("p", {});
  const tell = () => {
    const { text, tone } = deadline(dueAt, { ended: isEnded(file.state) });
    count.className = `countdown due-${tone}`;
    put(count, icon("clock", { size: 18 }), text);
  };
  tell();
  const timer = setInterval(tell, COUNTDOWN_MS);
  view.life.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  return [
    count, !isEnded(file.state) && h("p", { class: "muted" }, dateTime(dueAt)),
    h("p", { class: "step-text" }, pick(due.explanation ?? file.due_explanation, due.explanation_en ?? file.due_explanation_en)),
  ];
}

function reasonBox({ data, known }) {
  const reason = data.dispatch_reason;
  if (!reason) return h("p", { class: "muted" }, t("case.not_dispatched"));
  const entry = ({ kind, area, department, crew }) => t("case.rule_matrix", {
    version: reason.matrix_version, kind: !kind ? t("case.any_kind") : kind === data.case.kind ? kindName(data.case) : kind,
    area: !area ? t("case.any_area") : known.area(area, data.case),
    department: [known.department(department), known.crew(department, crew)].filter(Boolean).join(" · "),
  });
  const said = pick(reason.text, reason.text_en);
  const sentence = reason.rule === "matrix" && reason.matched ? entry(reason.matched) : said || t(`case.rule_${reason.rule}`);
  return [
    h("p", { class: "step-text" }, sentence),
    reason.alternatives?.length > 0 && h(
      "details", { class: "details" }, h("summary", {}, t("case.alternatives")),
      h("ul", {}, reason.alternatives.map((other) => h("li", { class: "step-text" }, entry(other))))),
  ];
}

/** The map stays through everything that happens to the case, until the case is somewhere else. */
function mapBox(view) {
  const { point } = view.data.case;
  const key = point && `${point.lon} ${point.lat}`;
  if (view.map?.key === key) return view.map.element;
  view.map?.life.abort();
  view.map = { key, life: new AbortController(), element: null };
  const signal = AbortSignal.any([view.signal, view.map.life.signal]);
  view.map.element = point ? pointMap(point, signal) : h("p", { class: "map-none muted" }, icon("pin"), t("cases.no_place"));
  return view.map.element;
}

function pointMap(point, signal) {
  const box = h("div", { class: "map case-map" });
  const near = .012;
  const bounds = [point.lon - near, point.lat - near, point.lon + near, point.lat + near];
  Promise.all([divisions("district"), divisions("street").catch(() => null)]).then(async ([districts, streets]) => {
    if (signal.aborted) return;
    const map = await showMap(box, { label: t("case.map"), bounds, signal });
    addDivisions(map, districts, streets);
    addNames(map);
    addPin(map, point);
  }).catch(() => signal.aborted || put(box, failed({ words: { zh: t("error.map"), en: t("error.map") } })));
  return box;
}
