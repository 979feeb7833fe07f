"""A citizen with a phone: reports in a minute, follows it, is asked at the end, and may have it opened again."""
import re

import pytest
from playwright.sync_api import expect

from city import chinese
from people import eventually
from visit import DESK, LANGUAGES, PHONE

KIND = {"zh": "单盏路灯故障", "en": "One street light out"}


def sent(one):
    """The number and the path of the link that a citizen gets."""
    expect(one.page.locator(".ticket-number")).to_be_visible()
    return one.page.locator(".ticket-number").inner_text(), one.link("sent.open").get_attribute("href")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_takes_five_taps_and_two_short_texts(visit, city, language):
    text = f"路灯不亮{chinese()}"
    one = visit(None, language, PHONE)
    one.open("/report")
    one.page.get_by_role("button", name=KIND[language]).tap()
    one.field("where.address").fill("Main Street 12")
    one.button("citizen.next").tap()
    one.field("words.text").fill(text)
    one.button("citizen.next").tap()
    expect(one.page.locator(".review")).to_contain_text(text)
    one.button("review.send").tap()
    number, path = sent(one)
    file = city.case(number)["case"]
    assert file["text"] == text and file["address"] == "Main Street 12" and file["kind"] == "Single Streetlight Issue"
    one.link("sent.open").tap()
    one.page.wait_for_url(f"**{path}")
    expect(one.page.locator(".timeline .step")).to_have_count(1)
    expect(one.page.locator(".follow-says")).to_be_visible()


def test_a_report_by_keyboard_alone(visit, city):
    text = f"树枝挡路{chinese()}"
    one = visit(None, "zh", DESK)
    one.open("/report")
    keys = one.page.keyboard
    reach(one, one.page.get_by_role("button", name=KIND["zh"]))
    keys.press("Enter")
    reach(one, one.field("where.address"))
    keys.type("Main Street 14")
    keys.press("Enter")
    reach(one, one.field("words.text"))
    keys.type(text)
    reach(one, one.button("citizen.next"))
    keys.press("Enter")
    reach(one, one.button("review.send"))
    keys.press("Enter")
    number, _ = sent(one)
    assert city.case(number)["case"]["text"] == text


def reach(one, target, limit=80):
    """Tab until there: what no Tab reaches, nobody without a mouse can use."""
    expect(target).to_be_visible()
    for _ in range(limit):
        if target.evaluate("one => one === document.activeElement"):
            return
        one.page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by {limit} times Tab")


def test_the_place_is_marked_on_the_map(visit, city):
    one = visit(None, "zh", PHONE)
    one.open("/report")
    one.page.get_by_role("button", name=KIND["zh"]).tap()
    expect(one.page.locator(".place-map[data-ready]")).to_be_visible()
    canvas = one.page.locator(".place-map canvas").first
    canvas.scroll_into_view_if_needed()
    area = canvas.bounding_box()
    one.page.touchscreen.tap(area["x"] + area["width"] * 0.5, area["y"] + area["height"] * 0.45)
    told = one.page.locator(".place-told")
    expect(told).to_contain_text(one.t("where.pin_in", place="").strip("：: "))
    one.button("citizen.next").tap()
    one.field("words.text").fill(f"路灯不亮{chinese()}")
    one.field("words.name").fill("王小明")
    one.field("words.phone").fill("138 1234 5678")
    one.button("citizen.next").tap()
    one.button("review.send").tap()
    number, _ = sent(one)
    case = city.case(number)
    assert case["case"]["point"] and case["case"]["district"] and not case["case"]["unplaced"]
    assert re.search(r"138\*+5678", str(case)) and "1234" not in str(case["reports"][0]["reporter"])


def test_what_is_missing_is_said_where_it_is_missing(visit):
    one = visit(None, "en", PHONE)
    one.open("/report")
    one.page.get_by_role("button", name=KIND["en"]).tap()
    one.button("citizen.next").tap()
    expect(one.page.get_by_text(one.t("where.missing"))).to_be_visible()
    one.field("where.address").fill("Main Street 1")
    one.button("citizen.next").tap()
    one.button("citizen.next").tap()
    expect(one.page.get_by_text(one.t("field.missing")).or_(one.page.get_by_text(one.t("words.text_missing")))).to_be_visible()
    one.field("words.text").fill("a lamp is out")
    one.field("words.phone").fill("abc")
    one.button("citizen.next").tap()
    expect(one.page.get_by_text(one.t("words.phone_wrong"))).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_milestones_appear_by_themselves_and_dissatisfaction_opens_the_case_again(visit, city, language):
    report = city.report(f"路灯不亮{chinese()}")
    number = report["number"]
    city.case(number)
    one = visit(None, language, PHONE)
    one.open(report["link"])
    steps = one.page.locator(".timeline .step")
    expect(steps).to_have_count(1)
    expect(one.page.locator(".follow-live")).to_have_text(one.t("follow.live"))
    one.never_reloaded()
    city.act("dispatcher", number, "dispatch", department=city.departments[0], crew="crew-1", reason="theirs")
    expect(steps).to_have_count(2)
    expect(one.page.locator(".stages [aria-current=step]")).to_contain_text(one.t("follow.stage_dispatched"))
    city.act("crew", number, "handled", note="换了灯泡")
    city.act("checker", number, "check", passed=True)
    city.act("checker", number, "close")
    expect(one.page.locator(".rating-form")).to_be_visible()
    one.button("rating.send").tap()
    expect(one.page.get_by_text(one.t("rating.missing"))).to_be_visible()
    one.page.locator(".score", has_text=one.t("rating.1")).tap()
    one.page.locator(".rating-form textarea").fill("灯还是不亮")
    one.button("rating.send").tap()
    expect(one.page.locator(".rating-done")).to_contain_text(one.t("rating.reopened"))
    assert one.never_reloaded()
    # Back to the department that handled it.
    again = eventually(lambda: city.people["dispatcher"].get(f"/api/cases/{number}"), lambda answer: answer.json()["case"]["state"] != "closed")
    assert again.json()["case"]["state"] in ("pending_dispatch", "dispatched") and "灯还是不亮" in again.text


def test_a_satisfied_citizen_is_thanked_and_counted(visit, city):
    report = city.report(f"路灯不亮{chinese()}")
    city.case(report["number"])
    city.closed(report["number"])
    one = visit(None, "zh", PHONE)
    one.open(report["link"])
    one.page.locator(".score", has_text=re.compile("^5")).tap()
    one.button("rating.send").tap()
    expect(one.page.locator(".rating-done")).to_contain_text(one.t("rating.given", score=5, word=one.t("rating.5")))
    assert city.case(report["number"])["case"]["state"] == "closed"
    one.open("/results")
    expect(one.page.locator(".results-table tbody tr").first).to_contain_text(re.compile(r"\d+%"))


def test_large_print_makes_everything_larger(visit):
    one = visit(None, "zh", PHONE)
    one.open("/report")
    size = lambda: one.page.evaluate("parseFloat(getComputedStyle(document.querySelector('.kind')).fontSize)")
    before = size()
    one.page.locator(".print-switch").tap()
    one.settled()
    assert size() >= before * 1.2
    # Nothing is pushed off the phone's side by it.
    assert one.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1


def test_the_language_is_changed_on_the_page(visit):
    one = visit(None, "zh", PHONE)
    one.open("/report")
    one.page.locator(".language-switch").tap()
    expect(one.page.locator("h1").first).to_have_text(one.texts["what.title"][1])
    expect(one.page.get_by_role("button", name=KIND["en"])).to_be_visible()


def test_a_wrong_code_tells_nothing(visit, city):
    report = city.report()
    one = visit(None, "zh", PHONE)
    one.expected = {404}
    for number, token in ((report["number"], "A" * len(report["token"])), ("000000-000000-0", report["token"])):
        one.open(f"/follow/{number}?token={token}")
        expect(one.page.get_by_text(one.t("follow.unknown"), exact=True)).to_be_visible()
