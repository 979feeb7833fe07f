// Changes what is shown into what is to be shown, touching only what differs: the focus, the place in a list and a chosen row stay.

import { flat, listens } from "./h.js";

/** Makes `children` the content of `element`. Rows that have `data-key` are recognised wherever they stand. */
export function patch(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  const row = focused?.closest("[data-key]")?.dataset.key;
  reconcile(element, flat(children));
  if (!focused || element.contains(document.activeElement) || row === undefined) return;
  element.querySelector(`[data-key="${CSS.escape(row)}"]`)?.querySelector("a, button")?.focus({ preventScroll: true });
}

function reconcile(parent, next) {
  const wanted = new Set(next.map(keyOf).filter((key) => key !== undefined));
  const known = new Map();
  for (const child of [...parent.childNodes]) {
    const key = keyOf(child);
    if (key === undefined) continue;
    if (wanted.has(key)) known.set(key, child);
    else child.remove();
  }
  let at = parent.firstChild;
  for (const node of next) {
    const old = keyOf(node) === undefined ? unkeyed(at) : known.get(keyOf(node));
    const kept = old ? merge(old, node) : node;
    if (kept === at) at = at.nextSibling;
    else if (old && old === at) at = replace(at, kept);
    else parent.insertBefore(kept, at);
  }
  while (at) {
    const rest = at.nextSibling;
    at.remove();
    at = rest;
  }
}

const keyOf = (node) => node.dataset?.key;
const unkeyed = (node) => (node && keyOf(node) === undefined ? node : null);

function replace(old, node) {
  const rest = old.nextSibling === node ? node.nextSibling : old.nextSibling;
  old.replaceWith(node);
  return rest;
}

/** The old node, made like the new one; the new one where the old cannot be. */
function merge(old, node) {
  if (old === node) return old;
  if (old.nodeType !== node.nodeType || old.nodeName !== node.nodeName) return node;
  if (node.nodeType === Node.TEXT_NODE) {
    if (old.data !== node.data) old.data = node.data;
    return old;
  }
  keepChoice(old, node);
  if (old.isEqualNode(node)) return old;
  if (listens(old) || listens(node)) return node;
  for (const { name } of [...old.attributes]) if (!node.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...node.attributes]) {
    // The page's policy forbids the attribute, not the property.
    if (name === "style") old.style.cssText = node.style.cssText;
    else if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  reconcile(old, [...node.childNodes]);
  return old;
}

/** What a person has chosen or opened is no part of the data. */
function keepChoice(old, node) {
  if (old.dataset?.key !== undefined && old.getAttribute("aria-current") === "true") node.setAttribute("aria-current", "true");
  if (old.nodeName === "DETAILS" && old.open) node.open = true;
}
