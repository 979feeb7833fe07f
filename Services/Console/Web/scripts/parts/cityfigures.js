// The panels of the centre that are made of the overview's figures. They are changed in place: what is pointed at or focused stays. Every
// figure leads to the cases that it counts.

import { divisionName } from "../core/directory.js";
import { count } from "../core/format.js";
import { h } from "../core/h.js";
import { t } from "../core/i18n.js";
import { patch } from "../core/patch.js";
import { stateBadge } from "./badge.js";
import { empty } from "./states.js";
import { OPEN_STATES } from "./tone.js";

const FIGURES = [
  { key: "open", to: "/cases?state=open", lead: true },
  { key: "overdue", to: "/cases?state=open&overdue=true&sort=due", tone: "bad" },
  { key: "undispatched", to: "/cases?state=pending_dispatch" },
  { key: "returned", to: "/cases?state=returned" },
  { key: "supervised", to: "/cases?state=open&supervised=true" },
  { key: "unplaced", to: "/cases?state=open&unplaced=true" },
  { key: "filed_today", to: "/cases?from=today" },
  { key: "closed_today", to: "/cases?state=closed&closed_from=today&sort=ended" },
  { key: "alarms_open", to: "/lifeline", tone: "warn" },
];

/** `scope` is `district=…` or nothing: links keep to it. */
const scoped = (to, scope) => (scope && to.startsWith("/cases") ? `${to}${to.includes("?") ? "&" : "?"}${scope}` : to);

export function drawFigures(element, data, scope) {
  patch(element, FIGURES.map(({ key, to, tone, lead }) => {
    // A part whose service is away brings its error in place of its number.
    const value = typeof data[key] === "number" ? data[key] : null;
    const marked = tone && value > 0 ? `figure figure-${tone}` : lead ? "figure figure-lead" : "figure";
    return h(
      "a", { class: marked, href: scoped(to, scope), "data-key": key, title: value === null ? t("figure.away") : null },
      h("span", { class: "figure-name" }, t(`figure.${key}`)), h("span", { class: "figure-value" }, count(value)));
  }));
}

export function drawStates(element, data, scope) {
  const counts = new Map((data.by_state ?? []).map((row) => [row.state, row.count]));
  const most = Math.max(1, ...OPEN_STATES.map((state) => counts.get(state) ?? 0));
  patch(element, OPEN_STATES.map((state) => {
    const value = counts.get(state) ?? 0;
    return h(
      "a", { class: `bar-row state-${state}`, href: scoped(`/cases?state=${state}`, scope), "data-key": state }, stateBadge(state),
      h("span", { class: "bar", "aria-hidden": "true" }, value > 0 && h("i", { css: { width: `${(100 * value) / most}%` } })),
      h("span", { class: "number" }, count(value)));
  }));
}

/** What the bars are about: districts, or departments. */
export const DIVIDED = ["district", "department"];

export function drawShares(element, data, by, names, scope) {
  const rows = (by === "district" ? data.by_district : data.by_department) ?? [];
  const sorted = [...rows].sort((a, b) => b.open - a.open);
  if (!sorted.length) return patch(element, empty(t(by === "district" ? "centre.no_districts" : "centre.no_departments")));
  const most = Math.max(1, ...sorted.map((row) => row.open));
  return patch(element, h("div", { class: "district-rows" }, sorted.map((row) => {
    const { name, to, key } = by === "district" ? ofDistrict(row) : ofDepartment(row, names);
    return h(
      "a", { class: "bar-row bar-row-wide", href: by === "district" ? to : scoped(to, scope), "data-key": key }, h("span", {}, name),
      h(
        "span", { class: "bar", "aria-hidden": "true" }, row.open > 0 && h("i", { css: { width: `${(100 * row.open) / most}%` } }),
        row.overdue > 0 && h("i", { class: "bar-late", css: { width: `${(100 * row.overdue) / most}%` } })),
      h("span", { class: "number" }, count(row.open)),
      h("span", { class: row.overdue ? "number due-late" : "number muted" },
        row.overdue ? t("centre.late", { n: count(row.overdue) }) : "–"));
  })));
}

function ofDistrict(row) {
  if (!row.code) return { key: "-", name: t("flag.unplaced"), to: "/cases?state=open&unplaced=true" };
  return { key: row.code, name: divisionName(row, row.code), to: `/cases?state=open&district=${encodeURIComponent(row.code)}` };
}

function ofDepartment({ department: code }, names) {
  if (!code) return { key: "-", name: t("state.pending_dispatch"), to: "/cases?state=pending_dispatch" };
  return { key: code, name: names?.department(code) || code, to: `/cases?state=open&department=${encodeURIComponent(code)}` };
}
