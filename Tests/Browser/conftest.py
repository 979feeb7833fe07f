"""A replayed city, its console, its people, and a browser that counts every JavaScript error and failed request as a failure."""
import json
import sys
import uuid
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from playwright.sync_api import sync_playwright

from people import ROLES, Person, create

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


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
def people(los_angeles, console, departments):
    """One signed-in person a role; `other` belongs to another department."""
    signed_in = {}
    run = uuid.uuid4().hex[:6]
    for role in [*ROLES, "other"]:
        name, options = f"{role}-{run}", ["--role", "department" if role == "other" else role]
        if role in ("department", "other"):
            options += ["--department", departments[role == "other"]]
        if role == "crew":
            options += ["--department", departments[0], "--crew", "crew-1"]
        create(los_angeles, console, name, *options)
        signed_in[role] = Person(console, name)
        assert signed_in[role].sign_in().status_code < 300
    return signed_in


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Visit:
    """A page with a record of what went wrong on it."""

    def __init__(self, context, url):
        self.context, self.url, self.problems, self.expected = context, url, [], set()
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(f"JavaScript: {error}"))
        self.page.on("console", self._console)
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)

    def _console(self, message):
        # What Chromium says of an answer above 399 is recorded by its status.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _failed(self, request):
        # A page that is left ends its live stream and what it still asked for.
        if request.failure not in ("net::ERR_ABORTED",):
            self.problems.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _response(self, response):
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"{response.status}: {response.request.method} {response.url}")

    def open(self, path):
        self.page.goto(self.url + path, wait_until="load")
        self.page.wait_for_selector("h1", state="attached", timeout=20_000)
        # Nothing is being loaded any more, as the page itself says it.
        self.page.wait_for_function("() => !document.querySelector('.skeleton,[aria-busy=true]')", timeout=20_000)
        return self.page


@pytest.fixture
def visit(chromium, console, people):
    """visit(role or None for a citizen, language, viewport) → Visit."""
    visits = []

    def make(role=None, language="zh", viewport=DESK):
        context = chromium.new_context(viewport=viewport, locale="zh-CN" if language == "zh" else "en-US")
        if role:
            context.add_cookies(people[role].cookies())
        visits.append(Visit(context, console))
        return visits[-1]

    yield make
    problems = [problem for one in visits for problem in one.problems]
    for one in visits:
        one.context.close()
    assert not problems, "\n".join(problems)
