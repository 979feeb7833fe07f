// A report in the making, kept in this tab only: a reload or a step back loses nothing, closing the tab forgets it.

import { commandKey } from "../core/api.js";

const DRAFT = "chengyun.report";
const RECEIPT = "chengyun.receipt";
const fresh = () => ({ key: commandKey(), kind: null, point: null, zoom: null, place: null, address: "", text: "", name: "", phone: "" });
let draft = null;

/** The one draft of this tab; change it by `change`. */
export function current() {
  draft ??= { ...fresh(), ...read(DRAFT) };
  return draft;
}

export function change(values) {
  Object.assign(current(), values);
  write(DRAFT, draft);
}

/** What was answered, so that the number survives a reload. Something new begins with a new key. */
export function finish(receipt) {
  write(RECEIPT, receipt);
  draft = fresh();
  write(DRAFT, null);
}

export const receipt = () => read(RECEIPT);

/** Which steps have what they need. */
export const isDone = {
  what: (of) => Boolean(of.kind),
  where: (of) => Boolean(of.point || of.address),
  words: (of) => Boolean(of.text),
  review: () => false,
};

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    if (value) sessionStorage.setItem(name, JSON.stringify(value));
    else sessionStorage.removeItem(name);
  } catch {
    // A browser that keeps nothing: the draft holds for this page.
  }
}
