// Tables: columns as data. Wide ones scroll inside their frame, the head stays.

import { h, put } from "../core/h.js";
import { t } from "../core/i18n.js";
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
    "tr", { "data-href": to, class: to || onRow ? "row-link" : null, onclick: to || onRow ? open : null },
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

/** A button that brings the next page until there is none. `load(page)` answers {rows, next}. */
export function moreButton(load, add) {
  const element = h("div", { class: "more" });
  const offer = (page) => {
    if (!page) return put(element);
    const button = h("button", { type: "button", class: "button" }, t("action.more"));
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const { rows, next } = await load(page);
        add(rows);
        offer(next);
      } catch {
        button.disabled = false;
        button.textContent = t("action.retry");
      }
    });
    return put(element, button);
  };
  element.offer = offer;
  return element;
}
