// Step one: the kind, as large choices; choosing goes on.

import { get } from "../core/api.js";
import { h, put } from "../core/h.js";
import { nameOf, pick, t } from "../core/i18n.js";
import { icon } from "../parts/icon.js";
import { empty, loading } from "../parts/states.js";
import { change } from "./draft.js";
import { kindMark } from "./kindmark.js";

/** More than this at once is no longer looked through on a phone. */
const SHOWN_FIRST = 24;
let asked = null;

export function what({ draft, next, signal }) {
  const choose = (kind) => {
    change({ kind: { code: kind.code, name: kind.name, name_en: kind.name_en } });
    next();
  };
  return h(
    "form", { class: "report-form", onsubmit: (event) => event.preventDefault() }, h("h1", { tabindex: -1 }, t("what.title")),
    loading(signal, kinds, (all) => chooser(all, draft.kind?.code, choose), { lines: 8 }));
}

function kinds() {
  asked ??= get("/api/public/kinds").then((body) => byGroup(body.kinds));
  asked.catch(() => (asked = null));
  return asked;
}

/** Kinds of a group stand together, groups and kinds otherwise in the order they came. */
function byGroup(all) {
  const groups = [...new Set(all.map((kind) => kind.group))];
  return [...all].sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group));
}

function chooser(all, chosen, choose) {
  if (!all.length) return empty(t("what.empty"));
  const list = h("div", { class: "kinds" });
  const told = h("p", { class: "hidden", role: "status" });
  let whole = false;
  const search = h("input", {
    class: "input", type: "search", "aria-label": t("what.search"), placeholder: t("what.search"), maxlength: 50, autocomplete: "off",
    oninput: draw,
  });

  function draw() {
    const text = search.value.trim();
    const found = text ? all.filter((kind) => fits(kind, text)) : all;
    const shown = whole || text ? found : found.slice(0, SHOWN_FIRST);
    put(told, text ? t("what.found", { n: found.length }) : "");
    put(list, found.length ? groups(shown, chosen, choose) : empty(t("what.none", { text }), t("what.none_hint")), more(found, shown));
  }

  function more(found, shown) {
    if (shown.length === found.length) return null;
    const open = () => {
      whole = true;
      draw();
      list.querySelectorAll(".kind")[SHOWN_FIRST]?.focus();
    };
    return h("button", { type: "button", class: "button large", onclick: open }, t("what.all", { n: found.length }));
  }

  draw();
  return h("div", { class: "chooser" }, h("div", { class: "kind-search" }, icon("search", { size: 20 }), search), told, list);
}

/** Every word somewhere in one of the names. */
function fits(kind, text) {
  const names = `${kind.name} ${kind.name_en ?? ""} ${kind.group ?? ""} ${kind.group_en ?? ""}`.toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => names.includes(word));
}

function groups(shown, chosen, choose) {
  const all = new Map();
  for (const kind of shown) {
    const group = pick(kind.group, kind.group_en);
    all.set(group, [...(all.get(group) ?? []), kind]);
  }
  return [...all].map(([group, of]) => h(
    "section", { "aria-label": group || t("what.list") }, group && h("h2", { class: "kind-group" }, group),
    h("ul", { class: "kind-list" }, of.map((kind) => h("li", {}, choice(kind, kind.code === chosen, choose))))));
}

function choice(kind, isChosen, choose) {
  return h(
    "button", { type: "button", class: "kind", "aria-pressed": String(isChosen), onclick: () => choose(kind) }, kindMark(kind),
    h("span", {}, nameOf(kind)));
}
