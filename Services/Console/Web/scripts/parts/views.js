// Saved views of the case list, kept in this browser: the console itself keeps nothing.

import { t } from "../core/i18n.js";

const STORED = "chengyun.views";
const LIMIT = 12;

/** `[{name, search}]` */
export function views() {
  try {
    const all = JSON.parse(localStorage.getItem(STORED) ?? "[]");
    return Array.isArray(all) ? all.filter((view) => typeof view?.name === "string" && /^\?|^$/.test(view.search)).slice(0, LIMIT) : [];
  } catch {
    return [];
  }
}

export function keep(view) {
  write([view, ...views().filter((one) => one.name !== view.name)]);
}

export function forget(name) {
  write(views().filter((view) => view.name !== name));
}

/** Throws in words when the browser keeps nothing. */
function write(all) {
  try {
    localStorage.setItem(STORED, JSON.stringify(all.slice(0, LIMIT)));
  } catch (cause) {
    throw Object.assign(new Error("nothing is kept", { cause }), { words: { zh: t("cases.view_refused"), en: t("cases.view_refused") } });
  }
}
