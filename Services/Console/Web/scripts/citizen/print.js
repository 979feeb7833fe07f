// Large print: remembered by this browser, for all citizens' pages.

const STORED = "chengyun.print";

export const isLarge = () => document.documentElement.dataset.print === "large";

export function applyPrint() {
  setPrint(stored() === "large");
}

/** Switches between the two sizes; answers whether it is large now. */
export function togglePrint() {
  setPrint(!isLarge());
  try {
    localStorage.setItem(STORED, isLarge() ? "large" : "normal");
  } catch {
    // A browser that keeps nothing: the choice holds for this page.
  }
  return isLarge();
}

function setPrint(large) {
  if (large) document.documentElement.dataset.print = "large";
  else delete document.documentElement.dataset.print;
}

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}
