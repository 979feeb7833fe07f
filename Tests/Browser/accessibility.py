"""axe-core's findings on a page, and what a keyboard reaches there."""
from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / ".chengyun" / "assets-tests" / "axe.min.js"
FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]"

# Records each element that gets the focus, and whether one sees it there.
WATCH = """() => {
  window.reached = new Set();
  window.unseen = [];
  document.addEventListener("focusin", ({ target }) => {
    window.reached.add(target);
    const style = (element) => getComputedStyle(element);
    const ring = (element) => (style(element).outlineStyle !== "none" && parseFloat(style(element).outlineWidth) >= 1) || style(element).boxShadow !== "none";
    // A radio button or a box may be drawn by its label.
    if (!ring(target) && !(target.closest("label") && ring(target.closest("label")))) window.unseen.push(target.outerHTML.slice(0, 120));
  });
}"""
# What a mouse could use and Tab did not reach. One of a group of radio buttons or of tabs is enough: arrows do the rest.
MISSED = """(focusable) => {
  const groups = new Set([...window.reached].filter((one) => one.type === "radio").map((one) => one.name));
  const usable = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && !one.closest("[inert]") && one.tabIndex >= 0
    && !(one.tagName === "SUMMARY" && !one.parentElement.matches("details"));
  return [...document.querySelectorAll(focusable)].filter((one) => usable(one) && !window.reached.has(one)
    && !(one.type === "radio" && groups.has(one.name))).map((one) => one.outerHTML.slice(0, 160));
}"""
UNREACHABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, [onclick], [role=button]")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex < 0 && !one.closest("[role=tablist], [aria-hidden=true]"))
  .map((one) => one.outerHTML.slice(0, 160))"""


def violations(page):
    """Serious and critical ones, each with the first element that has it. Contrast is among them."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['impact']} {one['id']}: {one['help']} ({one['nodes'][0]['target']})"
        for one in found if one["impact"] in ("serious", "critical")
    ]


def walk(page, limit=600):
    """Tab through the whole page: (what was not reached, what was reached and cannot be seen to be)."""
    page.evaluate(WATCH)
    page.evaluate("() => { document.activeElement?.blur(); getSelection().removeAllRanges(); }")
    reached = -1
    while (now := page.evaluate("() => window.reached.size")) > reached and limit > 0:
        reached = now
        for _ in range(20):
            page.keyboard.press("Tab")
            limit -= 1
    missed = page.evaluate(MISSED, FOCUSABLE) + page.evaluate(UNREACHABLE)
    return missed, page.evaluate("() => window.unseen")
