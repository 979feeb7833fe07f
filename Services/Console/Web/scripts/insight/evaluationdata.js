// What the evaluation page asks for, and the answer made ready for its table: groups as rows; indicators, or periods of one, as columns.

import { get, query } from "../core/api.js";
import { divisionName } from "../core/directory.js";
import { day, now } from "../core/format.js";
import { lang, nameOf, t } from "../core/i18n.js";
import { word } from "../parts/badge.js";
import { codeOf } from "./formula.js";
import { lastDay, moveDay } from "./zone.js";

export const DIMENSIONS = ["district", "street", "department", "crew", "kind", "channel"];
export const PERIODS = ["all", "day", "week", "month"];
const USUAL_DAYS = { all: 30, day: 14, week: 84, month: 365 };
const NAMES = ["by", "period", "from", "to", "codes", "indicator", "compare", "sort"];
/** What `from` says in the address when nothing is to be left out. */
const EVER = "ever";
/** What is shown until somebody chooses. */
const USUAL = [
  "requests", "closed", "open", "overdue", "closing_rate", "on_time_closing_rate", "rework_rate", "satisfaction_rate",
    "median_hours_to_close",
];
const USUAL_COUNT = 8;
/** The indicator of the chart until somebody chooses another. */
const LEAD = "closing_rate";

/** The page's settings, as its address says. */
export function settingsOf(address) {
  const read = Object.fromEntries(NAMES.map((name) => [name, address.get(name) ?? ""]));
  const settings = {
    ...read, by: DIMENSIONS.includes(read.by) ? read.by : "department", period: PERIODS.includes(read.period) ? read.period : "all",
    codes: read.codes ? read.codes.split(",") : [], compare: read.compare !== "none",
  };
  if (settings.from === EVER) return { ...settings, from: "", to: "" };
  return settings.from || settings.to ? settings : { ...settings, ...usualSpan(settings.period) };
}

/** Spans of one press: days back from today, 0 for everything that is known. */
export const SPANS = { month: 30, year: 365, ever: 0 };

export function spanOf(name) {
  if (!SPANS[name]) return { from: "", to: "" };
  const to = day(now());
  return { from: moveDay(to, 1 - SPANS[name]), to };
}

export const isSpan = (name, settings) => {
  const { from, to } = spanOf(name);
  return settings.from === from && settings.to === to;
};

/** The usual span of a kind of period, ending today. */
export function usualSpan(period) {
  const to = day(now());
  return { from: moveDay(to, 1 - USUAL_DAYS[period]), to };
}

export function addressOf(settings) {
  const { by, period, to, codes, indicator, sort } = settings;
  const from = settings.from || (to ? "" : EVER);
  const compare = settings.compare ? "" : "none";
  return `/evaluation${query({ by, period: period === "all" ? "" : period, from, to, codes, indicator, sort, compare })}`;
}

/** Over many periods only one indicator is asked for: the answer stays small. */
function asked(settings, codes) {
  const { by, period, from, to, indicator } = settings;
  return { by, period, from, to, codes: period === "all" ? codes : [indicator || LEAD] };
}

export const csvAddress = (settings) => `/api/indicators.csv${query({ ...asked(settings, settings.codes), lang: lang() })}`;

/** The figures of the groups, and those of the whole city: not every indicator's can be added up from its groups'. */
export async function ask(settings, signal) {
  const values = { ...asked(settings, []), compare: settings.compare ? "previous" : "" };
  const [body, whole] = await Promise.all([
    get(`/api/indicators${query(values)}`, { signal }), get(`/api/indicators${query({ ...values, by: "all" })}`, { signal }),
  ]);
  return { ...read(body, settings), total: read(whole, { ...settings, by: "all" }).groups[0] ?? null };
}

/** The cases behind one figure. `cell` is {code, part, key, period, by}. */
export function askCases(settings, cell, page, signal) {
  const { period, from, to } = settings;
  const { by } = cell;
  const span = period === "all" ? {} : { period, period_start: cell.period };
  return get(`/api/indicators/cases${query({ code: cell.code, part: cell.part, by, key: cell.key, from, to, ...span, page })}`, { signal });
}

function read(body, settings) {
  const formulas = new Map((body.formulas ?? []).map((formula) => [codeOf(formula), formula]));
  const known = [...formulas.keys()];
  const groups = groupsOf(body.rows ?? [], settings);
  if (settings.compare) addPrevious(groups, body, settings);
  const comparable = groups.some(({ cells }) => [...cells.values()].some((figures) =>
    Object.values(figures).some(({ previous }) => typeof previous === "number")));
  return { formulas, known, groups, comparable, periods: periodsOf(body.rows ?? [], settings), until: body.facts_until };
}

/** Rows of one group together: `{key, name, cells: Map(period → figures)}`. */
function groupsOf(rows, settings) {
  const groups = new Map();
  for (const row of rows) {
    const key = row.key ?? "";
    if (!groups.has(key)) groups.set(key, { key, name: groupName(row, settings.by), cells: new Map() });
    groups.get(key).cells.set(periodOf(row, settings), row.figures ?? {});
  }
  return [...groups.values()];
}

const periodOf = (row, settings) => (settings.period === "all" ? "" : String(row.period ?? ""));

function periodsOf(rows, settings) {
  if (settings.period === "all") return [""];
  return [...new Set(rows.map((row) => periodOf(row, settings)))].sort();
}

/** Figures get `previous`: of the span before, or of the period before. */
function addPrevious(groups, body, settings) {
  const earlier = new Map(groupsOf(body.previous?.rows ?? [], settings).map((group) => [group.key, group]));
  for (const group of groups) {
    const before = earlier.get(group.key);
    if (settings.period === "all") {
      link(group.cells.get(""), before?.cells.get(""));
      continue;
    }
    const all = new Map([...(before?.cells ?? []), ...group.cells]);
    const order = [...all.keys()].sort();
    order.forEach((period, at) => at > 0 && adjoins(order[at - 1], period, settings) && link(all.get(period), all.get(order[at - 1])));
  }
}

const adjoins = (earlier, later, { period }) => moveDay(lastDay(earlier, period), 1) === later;

function link(figures, before) {
  if (!figures || !before) return;
  for (const [code, figure] of Object.entries(figures)) figure.previous = before[code]?.value ?? null;
}

function groupName(row, by) {
  if (!row.key) return t("evaluation.none");
  if (by === "channel") return word("channel", row.key);
  if (by === "district") return divisionName(row, row.key);
  return nameOf(row) || row.key;
}

/** The codes of the columns: chosen, or usual. */
export function columnCodes(data, settings) {
  const chosen = settings.codes.filter((code) => data.known.includes(code));
  if (chosen.length) return chosen;
  const usual = USUAL.filter((code) => data.known.includes(code));
  return usual.length ? usual : data.known.slice(0, USUAL_COUNT);
}

/** The indicator of the chart, and of the table by period. */
export function leadCode(data, settings) {
  const codes = columnCodes(data, settings);
  const wanted = settings.indicator || LEAD;
  if (data.known.includes(wanted)) return wanted;
  return codes.find((code) => data.formulas.get(code)?.form === "rate") ?? codes[0];
}

export const spanText = ({ from, to }) =>
  (from || to ? t("evaluation.span", { from: from || "…", to: to || "…" }) : t("evaluation.ever"));

/** `2017-12-04` as the head of a column. */
export function periodText(period, settings) {
  if (settings.period === "month") return period.slice(0, 7);
  return settings.period === "week" ? t("evaluation.week_of", { day: period.slice(5) }) : period.slice(5);
}
