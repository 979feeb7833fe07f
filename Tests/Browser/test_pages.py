"""Every page, for each role, in both languages: no JavaScript error, no failed request, no serious violation of accessibility, everything
within reach of a keyboard."""
import re

import pytest
from playwright.sync_api import expect

from accessibility import violations, walk
from city import place
from people import eventually
from sensors import Gauge
from visit import DESK, LANGUAGES, PHONE

# role: its pages
PAGES = {
    "centre": ["/centre", "/centre?wall=1", "/cases?state=open", "/worklist", "/lifeline"],
    "evaluator": ["/evaluation?by=district&period=month"],
    "department": ["/tasks", "/cases"],
    "crew": ["/tasks"],
    "administrator": ["/admin/users", "/account"],
    "auditor": ["/admin/audit"],
    None: ["/report", "/results", "/"],
}
PHONES = {"crew", None}
VISITS = [
    pytest.param(role, path, language, id=f"{role or 'citizen'} {path} {language}")
    for role, paths in PAGES.items() for path in paths for language in LANGUAGES
]
CHINESE = re.compile(r"[\u4e00-\u9fff]{3,}")


def check(one):
    page = one.page
    assert page.evaluate("document.documentElement.lang").startswith(one.language)
    assert page.locator("h1").first.text_content().strip()
    assert violations(page) == []
    # Nothing is cut off at the side.
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
    if one.language == "en":
        # What people wrote stays in their language.
        shown = page.evaluate("[...document.querySelectorAll('nav, h1, h2, h3, button, label, legend, th')].map((one) => one.innerText).join(' ')")
        ours = {pair[0] for pair in one.texts.values() if CHINESE.fullmatch(pair[0])}
        assert not [text for text in ours if text in shown], "Chinese of ours on an English page"


@pytest.mark.parametrize("role, path, language", VISITS)
def test_page(visit, role, path, language):
    one = visit(role, language, PHONE if role in PHONES else DESK)
    one.open(path)
    check(one)


@pytest.fixture(scope="module")
def full_case(city):
    """A case with everything on its page: two reports, a contact, a deadline, a history."""
    here = place()
    number = city.filed("路灯不亮", point=here, contact={"name": "王小明", "phone": "13812345678"})
    city.report("还是那盏", point=here)
    city.act("dispatcher", number, "dispatch", department=city.departments[0], crew="crew-1", reason="theirs")
    city.act("department", number, "return", reason="不归我们")
    eventually(lambda: city.people["dispatcher"].get(f"/api/cases/{number}"), lambda answer: len(answer.json()["reports"]) == 2)
    return number


@pytest.fixture(scope="module")
def alarmed(stubs, wire, city):
    gauge = Gauge(stubs, wire)
    gauge.reads(*[1 + at / 100 for at in range(60)], 4.5)
    eventually(lambda: city.people["dispatcher"].get("/api/alarms", params={"sensor": gauge.code}), lambda answer: answer.json()["alarms"])
    return gauge


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_case_page_and_its_dialogs(visit, full_case, language):
    one = visit("dispatcher", language)
    one.open(f"/cases/{full_case}")
    check(one)
    for action in one.page.locator("[data-action]").all():
        action.click()
        in_dialog(one)
    for key in ("case.unmask", "case.unlink"):
        one.button(key).first.click()
        in_dialog(one)
    one.page.keyboard.press("?")
    in_dialog(one)


def in_dialog(one):
    """Named, without violations, the focus inside; Esc closes it and gives the focus back."""
    shown = one.dialog()
    assert shown.evaluate("one => one.getAttribute('aria-labelledby') && one.contains(document.activeElement)")
    assert violations(one.page) == []
    one.page.keyboard.press("Escape")
    expect(one.page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_dialogs(visit, language):
    one = visit("dispatcher", language)
    one.open("/cases")
    one.button("cases.view_save").click()
    in_dialog(one)
    one = visit("administrator", language)
    one.open("/admin/users")
    one.button("users.create").click()
    in_dialog(one)
    row = one.page.locator(".user-table tbody tr").first
    for key in ("users.edit", "users.reset", "users.sessions"):
        row.get_by_role("button").filter(has_text=one.t(key)).click()
        in_dialog(one)
    one = visit("evaluator", language)
    one.open("/evaluation?by=department&period=all&from=2017-12-01&to=2017-12-31")
    one.page.locator(".evaluation .figure-button").first.click()
    expect(one.dialog().locator(".drill-list li").first).to_be_visible()
    in_dialog(one)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sensor_page(visit, alarmed, language):
    one = visit("centre", language)
    one.open(f"/lifeline/{alarmed.code}")
    expect(one.page.locator(".series[data-ready=true] canvas").first).to_be_visible()
    check(one)
    one.button("lifeline.acknowledge").first.click()
    in_dialog(one)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_follow_page_from_the_beginning_to_the_question(visit, city, language):
    report = city.report("路灯不亮")
    city.case(report["number"])
    one = visit(None, language, PHONE)
    one.open(report["link"])
    expect(one.page.locator(".timeline .step")).to_have_count(1)
    check(one)
    city.closed(report["number"])
    expect(one.page.locator(".rating-form")).to_be_visible()
    check(one)


@pytest.mark.parametrize("role, path", [
    ("centre", "/centre"), ("dispatcher", "/cases?state=pending_dispatch"), ("dispatcher", "case"), ("acceptor", "/worklist"),
    ("department", "/tasks"), ("dispatcher", "/lifeline"), ("centre", "sensor"), ("evaluator", "/evaluation"), ("administrator", "/admin/users"),
    ("auditor", "/admin/audit"), ("evaluator", "/account"), (None, "/report"), (None, "/results"), (None, "/")])
def test_tab_reaches_everything_and_shows_where_it_is(visit, full_case, alarmed, role, path):
    one = visit(role)
    one.open({"case": f"/cases/{full_case}", "sensor": f"/lifeline/{alarmed.code}"}.get(path, path))
    if path == "/centre":
        expect(one.page.locator(".centre-map[data-ready=true]")).to_be_visible()
    missed, unseen = walk(one.page)
    assert not missed, "not within reach of Tab:\n" + "\n".join(missed)
    assert not unseen, "the focus cannot be seen on:\n" + "\n".join(unseen)
