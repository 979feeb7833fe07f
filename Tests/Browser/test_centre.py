"""The centre: the city on one screen, and from each figure down to its cases."""
import pytest
from playwright.sync_api import TimeoutError, expect

from city import chinese
from visit import LANGUAGES


def digits(text):
    return int("".join(one for one in text if one.isdigit()))


@pytest.fixture
def centre(visit):
    def make(language="zh", path="/centre"):
        one = visit("centre", language)
        one.open(path)
        expect(one.page.locator(".centre-map[data-ready=true] canvas").first).to_be_visible()
        expect(one.page.locator(".figures .figure")).to_have_count(9)
        return one

    return make


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_leads_to_its_cases(centre, city, language):
    city.filed()
    one = centre(language)
    figure = one.page.locator(".figure", has=one.page.locator(".figure-name", has_text=one.t("figure.undispatched")))
    said = digits(figure.locator(".figure-value").inner_text())
    assert said >= 1
    figure.click()
    one.page.wait_for_url("**/cases?state=pending_dispatch")
    one.settled()
    expect(one.page.locator(".page-head [role=status]")).to_have_text(one.t("cases.found", n=said))
    expect(one.page.locator("tbody tr").first).to_contain_text(one.t("state.pending_dispatch"))


def test_closed_today_leads_to_what_was_closed_today(centre, city):
    number = city.closed(city.filed())
    one = centre()
    figure = one.page.locator(".figure", has=one.page.locator(".figure-name", has_text=one.t("figure.closed_today")))
    said = digits(figure.locator(".figure-value").inner_text())
    assert said >= 1
    figure.click()
    one.page.wait_for_url("**/cases?state=closed&closed_from=today&sort=ended")
    one.settled()
    expect(one.page.locator(".page-head [role=status]")).to_have_text(one.t("cases.found", n=said))
    expect(one.page.locator("tbody tr").first).to_contain_text(number)
    expect(one.field("cases.closed_from")).not_to_have_value("")
    expect(one.page.locator("th[aria-sort=descending]")).to_have_text(one.t("cases.ended"))
    expect(one.page.locator("th .sort")).to_have_count(1)
    # Open cases have no end: the filter goes with the choice.
    one.page.get_by_label(one.t("cases.state"), exact=True).select_option("open")
    one.page.wait_for_url("**/cases?state=open")
    expect(one.field("cases.closed_from")).to_be_hidden()
    one.settled()
    expect(one.page.locator("tbody tr").first).to_be_visible()


def test_a_district_leads_to_its_cases(centre, city):
    city.filed(point={"lon": -118.2437, "lat": 34.0522})
    one = centre()
    row = one.page.locator(".district-rows a[href*='district=14']")
    said = digits(row.locator(".number").first.inner_text())
    row.click()
    one.page.wait_for_url("**/cases?state=open&district=14")
    one.settled()
    expect(one.page.locator(".page-head [role=status]")).to_have_text(one.t("cases.found", n=said))


def test_the_map_is_drawn_from_our_own_tiles_and_leads_to_the_cases_of_a_place(visit, city):
    city.filed(point={"lon": -118.2437, "lat": 34.0522})
    one = visit("centre")
    tiles, foreign = [], []
    one.page.on("response", lambda answer: "/api/tiles/cases/" in answer.url and tiles.append(answer.status))
    one.page.on("request", lambda asked: asked.url.startswith("http") and not asked.url.startswith(one.url) and foreign.append(asked.url))
    one.open("/centre")
    expect(one.page.locator(".centre-map[data-ready=true]")).to_be_visible()
    canvas = one.page.locator(".centre-map canvas").first
    # What WebGL draws can only be seen: an empty canvas is one colour and packs to almost nothing.
    assert len(canvas.screenshot()) > 15_000
    assert tiles and set(tiles) <= {200, 204} and not foreign
    area = canvas.bounding_box()
    card = one.page.locator(".map-card")
    # A heap of cases brings the map nearer, until there are single ones; a district says what is open there. The city is no rectangle.
    places = [(x, y) for y in (0.45, 0.3, 0.6) for x in (0.4, 0.5, 0.55, 0.35)]
    for x, y in places:
        one.page.mouse.click(area["x"] + area["width"] * x, area["y"] + area["height"] * y)
        try:
            card.wait_for(timeout=2_000)
            break
        except TimeoutError:
            continue
    card.get_by_role("link").first.click()
    one.page.wait_for_url("**/cases**")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_report_appears_without_loading_the_page_again(centre, city, language):
    one = centre(language)
    one.live()
    one.never_reloaded()
    figure = one.page.locator(".figure", has=one.page.locator(".figure-name", has_text=one.t("figure.undispatched")))
    before = digits(figure.locator(".figure-value").inner_text())
    number = city.report(f"积水{chinese()}")["number"]
    expect(one.page.locator(f".ticker a[href='/cases/{number}']").first).to_be_visible()
    expect(figure.locator(".figure-value")).to_have_text(f"{before + 1:,}")
    assert one.never_reloaded(), "the page was loaded again"


def test_the_wall_screen_is_dark_and_a_key_leads_there_and_back(centre):
    one = centre()
    assert not one.page.evaluate("document.documentElement.hasAttribute('data-wall')")
    one.page.keyboard.press("w")
    expect(one.page.locator(".wall")).to_be_visible()
    expect(one.page.locator(".centre-map[data-ready=true]")).to_be_visible()
    shade = one.page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)")
    assert max(shade) < 60, shade
    one.page.keyboard.press("w")
    expect(one.page.locator(".centre-grid")).to_be_visible()
