"""A replayed city, its console, its people, and a browser that counts every JavaScript error and failed request as a failure."""
import json
import sys
import uuid
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from playwright.sync_api import sync_playwright

from city import City
from people import People
from visit import DESK, Visit


@pytest.fixture(scope="session")
def console(los_angeles):
    """The console's address."""
    url = los_angeles.status()["console"]["url"]
    assert url, "the node has no console"
    return url.rstrip("/")


@pytest.fixture(scope="session")
def departments(los_angeles, workspace):
    """Two departments of the city that handled the most cases; the first one has a crew."""
    groups = sorted(los_angeles.report("department")["groups"], key=lambda row: -row["requests"])
    codes = [row["group"] for row in groups[:2]]
    # A crew to sign in as; the rest of the matrix stays out, so a citizen's report waits for a dispatcher.
    matrix = {
        "version": f"browser-tests-{uuid.uuid4().hex[:6]}", "departments": [{"code": codes[0], "name": codes[0], "crews": [{"code": "crew-1", "name": "一班"}]}],
        "responsibilities": [{"kind": "nothing-of-the-kind", "department": codes[0], "crew": "crew-1"}],
    }
    file = workspace / "matrix.json"
    file.write_text(json.dumps(matrix))
    los_angeles.run("admin", "put", "matrix", file)
    return codes


@pytest.fixture(scope="session")
def people(stubs, wire, console, departments):
    return People(stubs, wire, console, departments)


@pytest.fixture(scope="session")
def city(console, people, departments):
    return City(console, people, departments)


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def texts(chromium, console):
    """Every text of the pages: key → [Chinese, English]."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(console + "/report")
    found = page.evaluate("async () => (await import('/assets/scripts/texts/all.js')).texts")
    context.close()
    return found


@pytest.fixture(scope="session")
def contexts(chromium):
    """One browser a role, language and device: what it has loaded once it need not load again."""
    kept = {}
    yield kept
    for one in kept.values():
        one.close()


@pytest.fixture
def visit(chromium, contexts, console, people, texts):
    """visit(role, a Person, or None for a stranger, language, device) → Visit. Strangers and Persons have browsers of their own."""
    visits, own = [], []

    def context(who, language, device):
        made = chromium.new_context(**device, locale="zh-CN" if language == "zh" else "en-US")
        if who:
            made.add_cookies((people[who] if isinstance(who, str) else who).cookies())
        return made

    def make(who=None, language="zh", device=DESK):
        if isinstance(who, str):
            name = (who, language, str(device))
            if name not in contexts:
                contexts[name] = context(who, language, device)
            used = contexts[name]
        else:
            used = context(who, language, device)
            own.append(used)
        visits.append(Visit(used, console, texts, language))
        return visits[-1]

    yield make
    problems = [problem for one in visits for problem in one.problems]
    for one in visits:
        one.page.close()
    for one in own:
        one.close()
    assert not problems, "\n".join(problems)
