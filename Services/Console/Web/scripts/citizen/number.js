// A case's number inside a sentence is not broken at its hyphens.

import { h } from "../core/h.js";

export function withNumber(text, number) {
  const parts = number ? text.split(number) : [text];
  return parts.flatMap((part, at) => (at ? [h("span", { class: "nowrap" }, number), part] : [part]));
}
