// Shortcuts: single keys where nobody is typing. A page says which; `?` shows them.

const stack = [];

/** Adds `{key: {label, run}}` until the signal is aborted; `"j ArrowDown"` are two keys for the same. The newest page is asked first. */
export function shortcuts(keys, signal) {
  stack.push(keys);
  signal?.addEventListener("abort", () => stack.splice(stack.indexOf(keys), 1), { once: true });
}

/** Everything that can be pressed now, the newest meaning of each key. */
function current() {
  const all = new Map();
  for (const keys of stack) {
    for (const [names, value] of Object.entries(keys)) for (const key of names.split(" ")) all.set(key, { ...value, names });
  }
  return all;
}

/** What can be pressed now, for people: `[keys, label]`, two keys for the same thing together. */
export function meanings() {
  const all = new Map([...current().values()].map(({ names, label }) => [names, label]));
  return [...all].map(([names, label]) => [names.split(" "), label]);
}

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
    // A map is moved, and a group of tabs walked, by the arrows.
    if (event.key.startsWith("Arrow") && event.target.closest?.(".map, [role=tablist]")) return;
    const found = current().get(event.key);
    if (!found) return;
    event.preventDefault();
    found.run(event);
  });
}

/** The row that was opened last in each list, so that coming back finds the place. */
const opened = new Map();

/**
 * j/k or the arrows over rows, Enter to open. Rows are the elements of `selector` in `root`; the chosen one has aria-current. `atEnd` is
 * called when there is none further down.
 */
export function walkRows(root, selector, labels, signal, open, atEnd) {
  const rows = () => [...root.querySelectorAll(selector)];
  const chosen = () => root.querySelector(`${selector}[aria-current="true"]`);
  const choose = (row) => {
    if (!row) return;
    chosen()?.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("a, button")?.focus({ preventScroll: true });
  };
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(chosen());
    if (by > 0 && at >= 0 && at === all.length - 1) atEnd?.();
    choose(all[Math.min(all.length - 1, Math.max(0, at + by))] ?? all[0]);
  };
  const note = (row) => row?.dataset.key && opened.set(location.pathname, row.dataset.key);
  root.addEventListener("click", (event) => note(event.target.closest?.(selector)), { capture: true, signal });
  shortcuts({
    "j ArrowDown": { label: labels.next, run: () => step(1) },
    "k ArrowUp": { label: labels.previous, run: () => step(-1) },
    Enter: { label: labels.open, run: () => {
      note(chosen());
      if (chosen()) open(chosen());
    } },
  }, signal);
}

/** Marks the row that was opened last from this list, if it is there, and brings it into sight. */
export function recallRow(root) {
  const key = opened.get(location.pathname);
  const row = key && root.querySelector(`[data-key="${CSS.escape(key)}"]`);
  row?.setAttribute("aria-current", "true");
  row?.scrollIntoView({ block: "nearest" });
}
