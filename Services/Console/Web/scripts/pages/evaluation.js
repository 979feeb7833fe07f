// Evaluation (综合评价): how well the city is run, in figures; from each figure down to its cases.

import { dateTime } from "../core/format.js";
import { h, put } from "../core/h.js";
import { isChinese, nameOf, t } from "../core/i18n.js";
import { shortcuts } from "../core/keys.js";
import { rewrite } from "../core/router.js";
import { icon } from "../parts/icon.js";
import { empty, loading } from "../parts/states.js";
import { chartFailed, showChart } from "../insight/chart.js";
import { chooseIndicators } from "../insight/choose.js";
import { drillDown } from "../insight/drilldown.js";
import {
  addressOf, ask, columnCodes, csvAddress, DIMENSIONS, isSpan, leadCode, PERIODS, settingsOf, spanOf, SPANS, spanText, usualSpan,
} from "../insight/evaluationdata.js";
import { formulaBox, formulaWords } from "../insight/formula.js";
import { indicatorOption } from "../insight/indicatorchart.js";
import { indicatorTable } from "../insight/indicatortable.js";

/** Pixels of the chart until it is laid out. */
const WIDTH = 1_000;

export function evaluation({ query, signal }) {
  const view = { settings: settingsOf(query), signal, data: null, chart: null, pick: null };
  view.until = h("span", { class: "page-sub", role: "status" });
  view.csv = h("a", { class: "button small", download: true }, icon("download"), t("action.export"));
  view.printed = h("p", { class: "print-only" });
  view.chartBox = h("div", { class: "chart eval-chart" });
  view.chartHead = h("header", { class: "panel-head" });
  view.chartNote = h("p", { class: "muted chart-note" });
  view.chartPanel = h("section", { class: "panel" }, view.chartHead, h("div", { class: "panel-body" }, view.chartBox, view.chartNote));
  view.formulas = h("section", { class: "panel", hidden: true });
  view.tools = h("div", { class: "panel eval-bar" });
  view.body = loading(signal, () => ask(view.settings, signal), (data) => {
    view.data = data;
    return draw(view);
  }, { lines: 10 });
  drawTools(view);
  const print = h("button", { type: "button", class: "button small", onclick: () => window.print() }, icon("print"), t("action.print"));
  shortcuts({
    c: { label: t("evaluation.choose"), run: () => view.data && choose(view) },
    p: { label: t("action.print"), run: () => window.print() },
  }, signal);
  followPrint(view);
  const node = h(
    "div", { class: "page evaluation" },
    h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("nav.evaluation")), view.until, print, view.csv), view.printed, view.tools,
    view.chartPanel, h("section", { class: "panel" }, view.body), view.formulas);
  return { title: t("nav.evaluation"), node };
}

/** Changes settings; asks again only when the service must. */
function change(view, settings, { again = true } = {}) {
  view.settings = { ...view.settings, ...settings };
  rewrite(addressOf(view.settings));
  drawTools(view);
  if (again) return view.body.reload();
  if (view.data) put(view.body, draw(view));
}

function draw(view) {
  const { data, settings } = view;
  put(view.until, data.until ? t("evaluation.until", { time: dateTime(data.until) }) : "");
  put(view.printed, `${t(`by.${settings.by}`)} · ${t(`period.${settings.period}`)} · ${spanText(settings)}`);
  const isEmpty = !data.groups.length || !data.known.length;
  view.chartPanel.hidden = isEmpty;
  view.formulas.hidden = isEmpty;
  if (isEmpty) return empty(t("evaluation.empty"), t("evaluation.empty_hint"), everButton(view));
  const lead = leadCode(data, settings);
  drawChart(view, data.formulas.get(lead));
  drawFormulas(view);
  return indicatorTable(data, { ...settings, lead }, {
    sort: (asked, current) => change(view, { sort: firstDown(asked, current) }, { again: false }),
    open: (cell) => drillDown(settings, cell, view.signal),
  });
}

/** A city whose data is of other years: one press shows them. */
function everButton(view) {
  if (isSpan("ever", view.settings)) return null;
  const show = () => change(view, { period: "all", ...spanOf("ever") });
  return h("button", { type: "button", class: "button", onclick: show }, t("evaluation.ever_show"));
}

/** Figures are sorted from the largest down first; names from the first up. */
const firstDown = (asked, current) => (asked === "name" || asked.startsWith("-") || current === `-${asked}` ? asked : `-${asked}`);

const byWord = ({ by }) => (isChinese() ? t(`by.${by}`) : t(`by.${by}`).toLowerCase());

async function drawChart(view, formula) {
  const { data, settings, signal } = view;
  const made = indicatorOption(data, settings, formula, view.chartBox.clientWidth || WIDTH);
  const label = t("evaluation.chart_label", { name: nameOf(formula), by: byWord(settings), span: spanText(settings) });
  put(view.chartHead, h("h2", {}, t("evaluation.chart_title", { name: nameOf(formula), by: byWord(settings) })),
    indicatorChoice(view, formula));
  put(
    view.chartNote, formulaWords(formula), made.left > 0 && ` ${t("evaluation.chart_left", { n: made.shown })}`,
    settings.compare && !data.comparable && ` ${t("evaluation.incomparable")}`);
  view.pick = (event) => {
    const found = made.pick(event);
    const figure = found?.group.cells.get(found.period)?.[formula.indicator ?? formula.code];
    if (figure) drillDown(settings, { formula, figure, ...found }, signal);
  };
  try {
    view.making ??= showChart(view.chartBox, { label, signal });
    const first = !view.chart;
    view.chart = await view.making;
    if (!view.chart || signal.aborted) return;
    if (first) view.chart.on("click", (event) => view.pick(event));
    view.chartBox.querySelector("[role=img]")?.setAttribute("aria-label", label);
    view.chart.setOption(made.option, { notMerge: true });
  } catch {
    view.making = null;
    if (!signal.aborted) chartFailed(view.chartBox);
  }
}

function indicatorChoice(view, formula) {
  const code = formula.indicator ?? formula.code;
  const element = h("select", { class: "input small-input", "aria-label": t("evaluation.indicator") }, view.data.known.map((one) =>
    h("option", { value: one, selected: one === code }, nameOf(view.data.formulas.get(one)))));
  element.addEventListener("change", () => change(view, { indicator: element.value }, { again: view.settings.period !== "all" }));
  return element;
}

function drawFormulas(view) {
  const { data, settings } = view;
  const codes = settings.period === "all" ? columnCodes(data, settings) : [leadCode(data, settings)];
  put(
    view.formulas, h("header", { class: "panel-head" }, h("h2", {}, t("evaluation.formulas"))),
    h("div", { class: "panel-body formulas" }, codes.map((code) => formulaBox(data.formulas.get(code)))));
}

function drawTools(view) {
  const { settings } = view;
  view.csv.href = csvAddress(settings);
  const focused = document.activeElement?.dataset?.tool;
  const by = segments("by", DIMENSIONS, settings.by, (value) => change(view, { by: value, sort: "" }));
  const period = segments("period", PERIODS, settings.period, (value) => change(view, { period: value, sort: "", ...usualSpan(value) }));
  const compare = h("input", { type: "checkbox", checked: settings.compare, "data-tool": "compare" });
  compare.addEventListener("change", () => change(view, { compare: compare.checked }));
  put(
    view.tools, labelled("evaluation.by", by), labelled("evaluation.period", period),
    h("div", { class: "eval-dates" }, dateInput(view, "from"), h("span", { class: "muted", "aria-hidden": "true" }, "–"),
      dateInput(view, "to"), spanChoice(view)),
    h("label", { class: "eval-check" }, compare, t("evaluation.compare")),
    settings.period === "all" && h(
      "button", { type: "button", class: "button small", "data-tool": "choose", onclick: () => view.data && choose(view) },
        icon("filter", { size: 14 }),
      t("evaluation.choose")));
  if (focused) view.tools.querySelector(`[data-tool="${focused}"]`)?.focus();
}

function choose(view) {
  chooseIndicators(view.data, columnCodes(view.data, view.settings), (codes) => change(view, { codes, sort: "" }, { again: false }));
}

const labelled = (key, content) => h("div", { class: "eval-tool" }, h("span", { class: "eval-label", "aria-hidden": "true" }, t(key)),
  content);

function segments(name, values, current, action) {
  return h("div", { class: "segments", role: "group", "aria-label": t(`evaluation.${name}`) }, values.map((value) => h(
    "button", {
      type: "button", class: "button small", "aria-pressed": String(value === current), "data-tool": `${name}-${value}`,
        onclick: () => action(value),
    }, t(`${name}.${value}`))));
}

function spanChoice(view) {
  const names = Object.keys(SPANS);
  const current = names.find((name) => isSpan(name, view.settings)) ?? "";
  const element = h("select", { class: "input small-input", "aria-label": t("evaluation.quick"), "data-tool": "span" },
    !current && h("option", { value: "", selected: true }, t("evaluation.quick_own")),
    names.map((name) => h("option", { value: name, selected: name === current }, t(`evaluation.quick_${name}`))));
  element.addEventListener("change", () => element.value && change(view, spanOf(element.value)));
  return element;
}

function dateInput(view, name) {
  const element = h("input", {
    class: "input small-input", type: "date", value: view.settings[name], "aria-label": t(`cases.${name}`), "data-tool": name,
  });
  element.addEventListener("change", () => change(view, { [name]: element.value }));
  return element;
}

/** A canvas keeps its size of the screen: on paper it takes the paper's. */
function followPrint(view) {
  const fit = () => view.chart?.resize();
  addEventListener("beforeprint", fit, { signal: view.signal });
  addEventListener("afterprint", fit, { signal: view.signal });
}
