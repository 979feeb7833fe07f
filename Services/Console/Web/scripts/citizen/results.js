// The published results: each department beside the others, with a bar where a share is meant.

import { get } from "../core/api.js";
import { count, percent } from "../core/format.js";
import { h, put } from "../core/h.js";
import { nameOf, t } from "../core/i18n.js";
import { icon } from "../parts/icon.js";
import { empty, loading } from "../parts/states.js";

const COLUMNS = [
  { key: "asked", text: count }, { key: "answered", text: count },
  { key: "satisfaction_rate", label: "satisfied", share: true, none: "results.no_ratings" },
];

export function results({ signal }) {
  const body = loading(signal, () => get("/api/public/results", { signal }), draw, { lines: 8, className: "results-body" });
  const node = h(
    "div", { class: "results-page" },
    h(
      "div", { class: "citizen-head" },
      h("div", {}, h("h1", { tabindex: -1 }, t("results.title")), h("p", { class: "lead" }, t("results.lead")))),
    body);
  return { title: t("results.title"), node };
}

function draw(body) {
  const departments = body.departments.filter((one) => one.asked);
  if (!departments.length) return h("div", { class: "panel" }, empty(t("results.empty"), t("results.empty_hint")));
  return [summary(summed(departments)), sortable(departments), explanations()];
}

const total = (departments, key) => departments.reduce((sum, one) => sum + (one[key] ?? 0), 0);

function summed(departments) {
  const [asked, answered, satisfied] = ["asked", "answered", "satisfied"].map((key) => total(departments, key));
  return { asked, answered, satisfaction_rate: answered ? satisfied / answered : null };
}

function summary(whole) {
  const figures = COLUMNS.filter(({ key }) => !isNone(whole[key]));
  return h(
    "section", { class: "panel results-summary" },
    h("div", { class: "panel-head" }, h("h2", {}, t("results.all"))),
    h(
      "dl", { class: "totals" },
      figures.map((column) => h("div", {}, h("dt", {}, labelOf(column)), h("dd", {}, textOf(column, whole[column.key]))))));
}

function sortable(departments) {
  let [by, down] = ["asked", true];
  const holder = h("section", { class: "panel results-panel" });

  function sort(key) {
    [by, down] = key === by ? [by, !down] : [key, true];
    redraw();
    holder.querySelector(`[data-key="${key}"]`)?.focus();
  }

  function redraw() {
    const rows = [...departments].sort((a, b) => compare(a[by], b[by], down) || nameOf(a).localeCompare(nameOf(b)));
    put(holder, sortChoice(by, (key, isDown) => {
      [by, down] = [key, isDown];
      redraw();
      holder.querySelector("select").focus();
    }), tableOf(rows, by, down, sort));
  }
  redraw();
  return holder;
}

/** What has no figure stands last either way. */
function compare(a, b, down) {
  if (isNone(a) || isNone(b)) return isNone(a) - isNone(b);
  return down ? b - a : a - b;
}

/** On a phone the heads of the columns are not there: a choice sorts instead. */
function sortChoice(by, change) {
  const choices = COLUMNS.map((column) => h("option", { value: column.key, selected: column.key === by }, labelOf(column)));
  const pick = h("select", { class: "input", onchange: () => change(pick.value, true) }, choices);
  return h("div", { class: "results-sort" }, h("label", {}, h("span", {}, t("results.sort")), pick));
}

/** Roles are said outright: as cards on a phone the elements would lose them. */
function tableOf(rows, by, down, sort) {
  const head = (column) => h(
    "th", { scope: "col", role: "columnheader", "aria-sort": column.key === by ? (down ? "descending" : "ascending") : "none" },
    h(
      "button", { type: "button", class: "sort", "data-key": column.key, onclick: () => sort(column.key) }, labelOf(column),
      column.key === by && icon(down ? "down" : "up", { size: 14 })));
  return h(
    "table", { class: "results-table", role: "table" }, h("caption", { class: "hidden" }, t("results.table")),
    h(
      "thead", { role: "rowgroup" },
      h("tr", { role: "row" }, h("th", { scope: "col", role: "columnheader" }, t("results.department")), COLUMNS.map(head))),
    h(
      "tbody", { role: "rowgroup" },
      rows.map((row) => h(
        "tr", { role: "row" }, h("th", { scope: "row", role: "rowheader" }, nameOf(row) || row.code),
        COLUMNS.map((column) => cell(column, row))))));
}

function cell(column, row) {
  const value = row[column.key];
  return h(
    "td", { role: "cell", class: column.share ? "share" : "plain" },
    h("span", { class: "cell-label", "aria-hidden": "true" }, labelOf(column)),
    h("span", { class: isNone(value) ? "cell-value none" : "cell-value" }, textOf(column, value)),
    column.share && !isNone(value) && bar(value));
}

const bar = (value) => h("span", { class: "bar", "aria-hidden": "true" }, h("i", { css: { width: `${Math.round(value * 100)}%` } }));
const isNone = (value) => value === null || value === undefined;

const labelOf = ({ key, label }) => t(`results.${label ?? key}`);

function textOf(column, value) {
  if (isNone(value)) return t(column.none ?? "results.no_figure");
  return column.share ? percent(value, 0) : column.text(value);
}

function explanations() {
  return h(
    "section", { class: "results-how" }, h("h2", {}, t("results.how")),
    h("p", {}, t("results.how_satisfied")));
}
