// The table of figures: groups as rows; indicators, or periods of one indicator, as columns. Every figure opens its cases.

import { h } from "../core/h.js";
import { nameOf, t } from "../core/i18n.js";
import { count, longDay } from "../core/format.js";
import { table } from "../parts/table.js";
import { codeOf } from "./formula.js";
import { columnCodes, leadCode, periodText } from "./evaluationdata.js";
import { dayStart } from "./zone.js";
import { delta, valueText } from "./figure.js";

const COLUMNS = 62;
const ROWS = 400;

/** `act` is {sort(asked, current), open(cell)}. */
export function indicatorTable(data, given, act) {
  const settings = { ...given, compare: given.compare && data.comparable };
  const columns = settings.period === "all" ? indicatorColumns(data, settings) : periodColumns(data, settings);
  const sorted = sortGroups(data.groups, columns, settings.sort);
  const total = data.total && data.groups.length > 1 ? [{ ...data.total, isTotal: true, name: t("evaluation.city") }] : [];
  const rows = [...total, ...sorted.slice(0, ROWS)];
  const current = settings.sort || `-${columns[0]?.id ?? ""}`;
  const sort = (key) => ({ key, current, change: (asked) => act.sort(asked, current) });
  const group = { label: t(`by.${settings.by}`), className: "col-group", sort: sort("name"), cell: (row) => row.name };
  const cells = columns.map((column) => ({
    label: h("span", { title: column.title }, column.label), className: column.code === settings.lead ? "number col-lead" : "number",
    sort: sort(column.id), cell: (row) => cellOf(row, column, settings, act),
  }));
  const frame = table(t("evaluation.table"), [group, ...cells], rows, { className: "eval-table" });
  if (rows[0]?.isTotal) frame.querySelector("tbody tr")?.classList.add("total-row");
  return sorted.length > ROWS ? [frame, h("p", { class: "muted cut-note" }, t("evaluation.cut", { n: count(ROWS),
    all: count(sorted.length) }))] : frame;
}

function indicatorColumns(data, settings) {
  return columnCodes(data, settings).map((code) => {
    const formula = data.formulas.get(code);
    return { id: code, code, formula, period: "", label: nameOf(formula), title: t("evaluation.version", { version: formula.version }) };
  });
}

function periodColumns(data, settings) {
  const formula = data.formulas.get(leadCode(data, settings));
  if (!formula) return [];
  return data.periods.slice(-COLUMNS).map((period) => ({
    id: period, code: codeOf(formula), formula, period, label: periodText(period, settings), title: longDay(dayStart(period)),
  }));
}

const figureOf = (group, column) => group.cells.get(column.period)?.[column.code];

/** Without a value last, whichever way. */
export function sortGroups(groups, columns, sort) {
  const down = !sort || sort.startsWith("-");
  const key = sort.replace(/^-/, "");
  if (key === "name") {
    const named = [...groups].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    return down ? named.reverse() : named;
  }
  const column = columns.find((one) => one.id === key) ?? columns[0];
  if (!column) return groups;
  const value = (group) => figureOf(group, column)?.value;
  return [...groups].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (typeof left !== "number") return typeof right === "number" ? 1 : 0;
    if (typeof right !== "number") return -1;
    return down ? right - left : left - right;
  });
}

function cellOf(row, column, settings, act) {
  const { formula } = column;
  const figure = figureOf(row, column);
  if (!figure) return h("span", { class: "muted" }, "–");
  const text = valueText(formula, figure);
  const compare = settings.compare && delta(formula, figure);
  if (!figure.numerator && !figure.denominator) return [h("span", { class: "muted" }, text), compare];
  const open = () => act.open({ formula, figure, group: row, period: column.period, by: row.isTotal ? "all" : settings.by });
  const label = t("evaluation.open_cases", { indicator: nameOf(formula), group: row.name, value: text });
  const style = row.isTotal ? "figure-button figure-total" : "figure-button";
  const about = { "aria-label": label, title: fraction(formula, figure) };
  return [h("button", { type: "button", class: style, ...about, onclick: open }, text), compare];
}

function fraction(formula, figure) {
  return formula.form === "rate" ? `${count(figure.numerator)} / ${count(figure.denominator)}` : t("evaluation.total",
    { n: count(figure.numerator) });
}
