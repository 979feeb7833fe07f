// The filters of the case list. The finer ones of two that belong together come when the coarser one is chosen.

import { departments, divisionList, divisionName, kinds } from "../core/directory.js";
import { h, put } from "../core/h.js";
import { nameOf, t } from "../core/i18n.js";
import { isOfDepartment } from "../core/rights.js";
import { isEnded, word } from "../parts/badge.js";
import { icon } from "../parts/icon.js";
import { OPEN_STATES, STATES } from "../parts/tone.js";

const TYPING_MS = 300;
export const FLAGS = ["overdue", "urgent", "supervised", "unplaced"];
const CHANNELS = ["hotline", "app", "web", "counter", "email", "collector", "camera", "sensor", "leader", "transfer", "open311"];
export const NAMES = [
  "q", "state", "kind", "district", "street", "department", "crew", "channel", "from", "to", "closed_from", "closed_to",
  "sort", ...FLAGS,
];

/** `change(values)` is told what was chosen; answers the element, and the field to type in. */
export function filterBar(filters, user, change, signal) {
  const search = searchField(filters, change, signal);
  const ended = endedDates(filters, change);
  const chooseState = (values) => {
    change(values);
    ended.forEach((one) => one.fit());
  };
  const element = h(
    "form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
    h("div", { class: "filter-search" }, icon("search"), search), stateChoice(filters, chooseState),
    laterChoice("kind", kinds(), filters, change, nameOf), areaChoices(filters, change),
    !isOfDepartment(user) && officeChoices(filters, change),
    choice("channel", [anyOf("channel"), ...CHANNELS.map((one) => ({ value: one, label: word("channel", one) }))], filters, change),
    dateInput("from", filters, change), dateInput("to", filters, change), ended,
    h("div", { class: "filter-flags" }, chips(filters, change)));
  return { element, search };
}

const isOpen = (state) => state === "open" || OPEN_STATES.includes(state);

/** Whether the list is of what ended in a span of time: such a list goes from end to end, in no other order. */
export const isByEnd = (filters) => Boolean(filters.closed_from || filters.closed_to);

/** Drops what the other filters exclude: open cases have no end, ended ones no order by their deadline. */
export function agree(filters) {
  if (isOpen(filters.state)) Object.assign(filters, { closed_from: "", closed_to: "" });
  if (filters.sort === "ended" ? isOpen(filters.state) : isByEnd(filters)) filters.sort = "";
  if (filters.sort === "due" && isEnded(filters.state)) filters.sort = "";
  return filters;
}

function searchField(filters, change, signal) {
  const search = h("input", {
    class: "input", type: "search", value: filters.q, placeholder: t("cases.search"), "aria-label": t("action.search"), maxlength: 200,
  });
  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => change({ q: search.value.trim() }), TYPING_MS);
  });
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return search;
}

const stateChoice = (filters, change) => choice("state", [
  { value: "", label: t("cases.state_any") }, { value: "open", label: t("cases.state_open") },
  ...STATES.map((state) => ({ value: state, label: word("state", state) })),
], filters, change);

/** District, and its streets once it is chosen. Where the source does not say whose a street is, all are offered. */
function areaChoices(filters, change) {
  const street = laterChoice("street", streetsOf(filters.district), filters, change, nameOf);
  street.hidden = !filters.district && !filters.street;
  const district = laterChoice("district", divisionList("district"), filters, (values) => {
    change({ ...values, street: "" });
    street.hidden = !filters.district;
    refill(street, "street", streetsOf(filters.district), filters, nameOf);
  }, (item) => divisionName(item, item.code));
  return [district, street];
}

async function streetsOf(district) {
  const all = await divisionList("street");
  const own = all.filter((one) => one.parent === district);
  return own.length ? own : all;
}

function officeChoices(filters, change) {
  const crew = laterChoice("crew", crewsOf(filters.department), filters, change, nameOf);
  const fit = async () => (crew.hidden = !filters.crew && (await crewsOf(filters.department).catch(() => [])).length === 0);
  crew.hidden = !filters.crew;
  fit();
  const department = laterChoice("department", departments(), filters, (values) => {
    change({ ...values, crew: "" });
    fit();
    refill(crew, "crew", crewsOf(filters.department), filters, nameOf);
  }, nameOf);
  return [department, crew];
}

async function crewsOf(code) {
  const all = await departments();
  return all.find((one) => one.code === code)?.crews ?? [];
}

function chips(filters, change) {
  return FLAGS.map((flag) => {
    const chip = h("button", { type: "button", class: "button small", "aria-pressed": String(filters[flag] === "true") },
      t(`flag.${flag}`));
    chip.addEventListener("click", () => {
      const on = chip.getAttribute("aria-pressed") !== "true";
      chip.setAttribute("aria-pressed", String(on));
      change({ [flag]: on ? "true" : "" });
    });
    return chip;
  });
}

const anyOf = (name) => ({ value: "", label: t("cases.any_of", { what: t(`cases.${name}`) }) });

function choice(name, options, filters, change) {
  const element = h("select", { class: "input", "aria-label": t(`cases.${name}`) },
    options.map(({ value, label }) => h("option", { value }, label)));
  element.value = filters[name];
  element.addEventListener("change", () => change({ [name]: element.value }));
  return element;
}

/** A choice whose options come from a service; until then it offers what is chosen. */
function laterChoice(name, list, filters, change, label) {
  const chosen = filters[name] ? [{ value: filters[name], label: filters[name] }] : [];
  const element = choice(name, [anyOf(name), ...chosen], filters, change);
  refill(element, name, list, filters, label);
  return element;
}

/** What is chosen stays on offer, though the service no longer knows it: a saved view may be old. */
function refill(element, name, list, filters, label) {
  list.then((items) => {
    const known = items.map((item) => ({ value: String(item.code), label: label(item) || item.code }));
    if (filters[name] && !known.some(({ value }) => value === filters[name])) known.push({ value: filters[name], label: filters[name] });
    put(element, [anyOf(name), ...known].map((option) => h("option", { value: option.value }, option.label)));
    element.value = filters[name];
  }, () => null);
}

function dateInput(name, filters, change) {
  const element = h("input", { class: "input", type: "date", value: filters[name] });
  element.addEventListener("change", () => change({ [name]: element.value }));
  return h("label", { class: "filter-date" }, t(`cases.${name}`), element);
}

/** When they ended: offered where ended cases are among those that are listed. */
function endedDates(filters, change) {
  return ["closed_from", "closed_to"].map((name) => {
    const element = dateInput(name, filters, change);
    element.fit = () => {
      element.hidden = isOpen(filters.state);
      element.querySelector("input").value = filters[name];
    };
    element.fit();
    return element;
  });
}
