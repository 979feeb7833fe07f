"""Figures, and from each of them down to its cases."""
import pytest
from playwright.sync_api import expect

from visit import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_leads_to_its_cases_and_its_formula(visit, city, language):
    city.closed(city.filed())
    one = visit("evaluator", language)
    one.open("/evaluation?by=department&period=all&from=2017-12-01&to=2017-12-31")
    table = one.page.locator(".evaluation table").first
    expect(table.locator("tbody tr").first).to_be_visible()
    table.locator(".figure-button").first.click()
    drawer = one.dialog()
    expect(drawer.locator(".drill-list li").first).to_be_visible()
    expect(drawer.locator(".drill-formula")).not_to_be_empty()
    number = drawer.locator(".drill-list a").first.inner_text()
    drawer.locator(".drill-list a").first.click()
    one.page.wait_for_url(f"**/cases/{number}")
    expect(one.page.locator(".case-title")).to_contain_text(number)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_became_of_a_case_is_said_in_words(visit, city, language):
    city.closed(city.filed())
    one = visit("evaluator", language)
    blank = dict.fromkeys(("id", "kind", "department", "district", "street", "external_ref", "filed_at", "due_at", "ended_at"))
    outcomes = {"open": ("未结", "open"), "closed": ("已结案", "Closed"), "not_filed": ("不予立案", "not filed")}
    cases = [{**blank, "number": f"171231-00000{n}-8", "outcome": outcome} for n, outcome in enumerate(outcomes)]
    one.page.route("**/api/indicators/cases?*", lambda route: route.fulfill(json={"cases": cases, "next_page": None, "total": 3}))
    one.open("/evaluation?by=department&period=all&from=2017-12-01&to=2017-12-31")
    one.page.locator(".evaluation table .figure-button").first.click()
    states = one.dialog().locator(".drill-state")
    expect(states).to_have_text([words[language == "en"] for words in outcomes.values()])


def test_every_dimension_has_its_table_and_chart(visit):
    one = visit("evaluator")
    one.open("/evaluation?from=2017-12-01&to=2017-12-31")
    for by in ("department", "district", "kind", "channel"):
        one.page.locator(f"[data-tool=by-{by}]").click()
        one.settled()
        expect(one.page.locator(".evaluation table tbody tr").first).to_be_visible()
        expect(one.page.locator(".eval-chart canvas").first).to_be_visible()


def test_the_period_before_is_put_beside_and_the_table_is_exported(visit):
    one = visit("evaluator")
    one.open("/evaluation?by=department&period=all&from=2017-12-29&to=2017-12-31")
    one.page.locator("[data-tool=compare]").check()
    one.settled()
    expect(one.page.locator(".evaluation .delta").first).to_be_visible()
    with one.page.expect_download() as started:
        one.link("action.export").click()
    lines = started.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 2 and "," in lines[0]
