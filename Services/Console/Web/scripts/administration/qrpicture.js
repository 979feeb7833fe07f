// A QR code as a picture: black on white whatever the page's colours, with the quiet edge that readers need.

import { svg } from "../core/h.js";
import { qr } from "./qr.js";

const EDGE = 4;

/** null when the text is too long for a code: it is then only shown as text. */
export function qrPicture(text, label) {
  const rows = qr(text);
  if (!rows) return null;
  const side = rows.length + 2 * EDGE;
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + EDGE} ${y + EDGE}h1v1h-1z` : ""))).join("");
  return svg(
    "svg", { class: "qr", viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" },
    svg("rect", { width: side, height: side, fill: "#fff" }), svg("path", { d: path, fill: "#000" }));
}
