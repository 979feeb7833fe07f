"""Every page, for each role, in both languages: no JavaScript error, no failed request, no serious violation of accessibility."""
from pathlib import Path

import pytest

from conftest import DESK, PHONE

AXE = Path(__file__).resolve().parents[2] / ".chengyun" / "assets-tests" / "axe.min.js"
# role: its pages
PAGES = {
    "centre": ["/centre", "/centre?wall=1", "/cases", "/worklist", "/lifeline", "/evaluation"],
    "dispatcher": ["/cases", "/worklist"],
    "acceptor": ["/worklist"],
    "checker": ["/cases"],
    "evaluator": ["/evaluation"],
    "department": ["/tasks", "/cases"],
    "crew": ["/tasks"],
    "administrator": ["/admin/users", "/account"],
    "auditor": ["/admin/audit"],
    None: ["/report", "/results"],
}
PHONES = {"crew", None}
VISITS = [
    pytest.param(role, path, language, id=f"{role or 'citizen'} {path} {language}")
    for role, paths in PAGES.items() for path in paths for language in ("zh", "en")
]


def lang(path, language):
    return path + ("&" if "?" in path else "?") + f"lang={language}"


def violations(page):
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['impact']} {one['id']}: {one['help']} ({one['nodes'][0]['target']})"
        for one in found if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("role, path, language", VISITS)
def test_page(visit, role, path, language):
    page = visit(role, language, PHONE if role in PHONES else DESK).open(lang(path, language))
    assert page.evaluate("document.documentElement.lang").startswith(language)
    assert page.locator("h1").first.inner_text().strip() or page.locator("h1").first.text_content().strip()
    assert violations(page) == []
    # Nothing is cut off at the side.
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
