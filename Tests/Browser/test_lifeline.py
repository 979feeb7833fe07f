"""What the city's assets report: alarms as they come, and a sensor's curve."""
import pytest
from playwright.sync_api import expect

from city import chinese
from people import eventually
from sensors import Gauge
from visit import LANGUAGES


@pytest.fixture
def gauge(stubs, wire):
    one = Gauge(stubs, wire)
    one.reads(*[1 + at / 100 for at in range(60)], ago_s=600)
    return one


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alarm_comes_by_itself_and_is_acknowledged(visit, gauge, city, language):
    one = visit("dispatcher", language)
    one.open("/lifeline")
    one.live()
    one.never_reloaded()
    gauge.reads(4.5)
    alarm = one.page.locator(".alarm", has_text=gauge.name)
    expect(alarm).to_be_visible()
    assert one.never_reloaded()
    expect(alarm).to_contain_text(one.t("severity.yellow"))
    # It has a case of its own, with the readings as its evidence.
    expect(alarm.locator("a[href^='/cases/']")).to_be_visible()
    one.button("lifeline.acknowledge", alarm).click()
    note = f"已派人查看{chinese()}"
    one.field("lifeline.note", one.dialog()).fill(note)
    one.confirm("lifeline.acknowledge")
    expect(alarm).to_contain_text(note)
    expect(alarm).to_contain_text(city.people["dispatcher"].name)
    alarm.locator("a[href^='/cases/']").click()
    one.page.wait_for_url("**/cases/*")
    one.settled()
    expect(one.page.locator(".case-head .flags")).to_contain_text(one.t("flag.urgent"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sensors_curve_thresholds_and_alarms(visit, gauge, city, language):
    gauge.reads(4.5, 6.5)
    eventually(lambda: city.people["dispatcher"].get("/api/alarms", params={"sensor": gauge.code}), lambda answer: answer.json()["alarms"])
    one = visit("dispatcher", language)
    one.open(f"/lifeline?tab=sensors&q={gauge.code}")
    one.page.locator(".sensor-row", has_text=gauge.name).click()
    one.page.wait_for_url(f"**/lifeline/{gauge.code}")
    series = one.page.locator(".series[data-ready=true] canvas").first
    expect(series).to_be_visible()
    assert len(series.screenshot()) > 5_000, "nothing is drawn"
    expect(one.page.locator(".sensor-figures")).to_contain_text("6.5")
    expect(one.page.locator(".table-frame tbody tr")).to_contain_text([one.t("severity.red")])
    # The keyboard's way back to the list.
    one.page.keyboard.press("b")
    one.page.wait_for_url("**/lifeline")


def test_a_year_of_readings_is_zoomed_without_asking_for_all_of_them(visit, stubs, wire, city):
    gauge = Gauge(stubs, wire)
    day = 1440
    for month in range(12):
        gauge.reads(*[1 + (at % day) / day for at in range(9_000)], ago_s=(11 - month) * 30 * 86_400 + 600)
    one = visit("centre")
    asked = []
    one.page.on("request", lambda request: "/series?" in request.url and asked.append(request.url.removeprefix(one.url)))
    one.open(f"/lifeline/{gauge.code}?span=year")
    canvas = one.page.locator(".series[data-ready=true] canvas").first
    expect(canvas).to_be_visible()
    area = canvas.bounding_box()
    with one.page.expect_response("**/series?*"):
        one.page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
        # Until what is seen is a small part of the year.
        for _ in range(8):
            one.page.mouse.wheel(0, -600)
    one.page.wait_for_function("() => document.querySelector('.series-foot').childElementCount > 1")
    assert len(asked) >= 2
    assert max(len(city.people["centre"].get(path).json()["points"]) for path in asked) <= 5_000


def test_only_the_centres_people_acknowledge(visit, gauge, city):
    gauge.reads(4.5)
    one = visit("department")
    one.open("/lifeline")
    expect(one.page.locator(".alarm", has_text=gauge.name)).to_be_visible()
    assert one.button("lifeline.acknowledge").count() == 0
