// The colours of the style sheet, for what is drawn on a canvas.

export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export const STATES = [
  "pending_dispatch", "dispatched", "handling", "returned", "handled", "pending_close", "closed", "cancelled", "referred",
];
export const OPEN_STATES = STATES.slice(0, 6);
export const SEVERITIES = ["red", "orange", "yellow", "blue"];
