// Tables: columns as data. Wide ones scroll inside their frame, the head stays.

import { h, put } from "../core/h.js";
import { sentence, t } from "../core/i18n.js";
import { icon } from "./icon.js";

/**
 * Columns: `{label, cell(row), className?, sort?}`. `sort` is {key, current, change(key)}.
 * Rows get `data-href` when `href(row)` is given: a click anywhere on them opens it, the first link does so for keyboards.
 */
export function table(caption, columns, rows, { href, className = "", onRow } = {}) {
  return h(
    "div", { class: `table-frame ${className}`, role: "region", "aria-label": caption, tabindex: 0 },
    h(
      "table", { class: "table" }, h("caption", { class: "hidden" }, caption),
      h("thead", {}, h("tr", {}, columns.map(head))),
      h("tbody", {}, rows.map((row) => bodyRow(columns, row, href, onRow)))));
}

export function bodyRow(columns, row, href, onRow) {
  const to = href?.(row);
  const open = (event) => {
    if (event.target.closest("a, button, input, label, select") || String(getSelection())) return;
    if (onRow) return onRow(row);
    event.currentTarget.querySelector("a")?.click();
  };
  return h(
    "tr", { "data-href": to, "data-key": to, class: to || onRow ? "row-link" : null, onclick: to || onRow ? open : null },
    columns.map((column) => h("td", { class: column.className }, column.cell(row))));
}

function head(column) {
  if (!column.sort) return h("th", { scope: "col", class: column.className }, column.label);
  const { key, current, change } = column.sort;
  const [now, down] = current.startsWith("-") ? [current.slice(1), true] : [current, false];
  const mine = now === key;
  return h(
    "th", { scope: "col", class: column.className, "aria-sort": mine ? (down ? "descending" : "ascending") : "none" },
    h(
      "button", { type: "button", class: "sort", onclick: () => change(mine && !down ? `-${key}` : key) },
      column.label, mine && icon(down ? "down" : "up", { size: 12 })));
}

/** Rows that one press brings at least, as long as there are any. */
const ENOUGH = 20;
const PAGES_AT_ONCE = 20;

/** Asks on until there are `enough` rows or no more: a page may be short, or empty, and not be the last. `ask(page)` → {rows, next}. */
export async function gather(ask, page, enough = ENOUGH) {
  const rows = [];
  let next = page;
  for (let turn = 0; turn < PAGES_AT_ONCE; turn += 1) {
    const answer = await ask(next);
    rows.push(...answer.rows);
    next = answer.next;
    if (!next || rows.length >= enough) break;
  }
  return { rows, next };
}

/** A button that brings more until there is none. `load(page)` answers {rows, next}; `add(rows)` shows them. */
export function moreButton(load, add) {
  const element = h("div", { class: "more" });
  const offer = (page, failure) => {
    if (!page) return put(element);
    const button = h("button", { type: "button", class: "button" }, t(failure ? "action.retry" : "action.more"));
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const { rows, next } = await gather(load, page);
        // What was asked for before the list became another one is nobody's any more.
        if (!element.contains(button)) return;
        await add(rows);
        offer(next);
      } catch (error) {
        if (element.contains(button)) offer(page, error);
      }
    });
    return put(element, failure && h("span", { class: "muted", role: "alert" }, sentence(failure)), button);
  };
  element.offer = offer;
  return element;
}
