"""A whole day's work without a mouse."""
import pytest
from playwright.sync_api import expect

from city import chinese
from people import PASSWORD
from visit import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_sign_in_to_a_dispatched_case(visit, city, language):
    word = chinese()
    number = city.filed(f"护栏损坏{word}")
    one = visit(None, language)
    keys = one.page.keyboard
    one.open("/")
    # The first field has the focus; nothing else is needed to begin.
    expect(one.field("signin.name")).to_be_focused()
    keys.type(city.people["dispatcher"].name)
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(one.page.locator(".who-name")).to_be_visible()
    pages = one.page.locator(".side a[data-path]").evaluate_all("links => links.map((link) => link.dataset.path)")
    keys.press(str(pages.index("/cases") + 1))
    one.page.wait_for_url("**/cases*")
    one.settled()
    keys.press("/")
    expect(one.page.get_by_role("searchbox")).to_be_focused()
    keys.type(word)
    expect(one.page.locator("tbody tr")).to_have_count(1)
    keys.press("Escape")
    keys.press("j")
    keys.press("Enter")
    one.page.wait_for_url(f"**/cases/{number}")
    one.state("pending_dispatch")
    keys.press("d")
    expect(one.field("do.department", one.dialog())).to_be_focused()
    # A list is chosen from by typing the first letters.
    keys.type(one.field("do.department", one.dialog()).locator(f"option[value='{city.departments[0]}']").inner_text())
    keys.press("Tab")
    keys.press("Tab")
    keys.type("by keyboard")
    # Enter in a text of several lines is a new line: the button is the next stop but one.
    keys.press("Tab")
    keys.press("Tab")
    expect(one.dialog().locator("button[type=submit]")).to_be_focused()
    keys.press("Enter")
    one.done("do.dispatch")
    one.state("dispatched")
    # And back to the list.
    keys.press("Escape")
    one.page.wait_for_url("**/cases?*")


def test_the_tasks_of_a_department(visit, city):
    number = city.dispatched(crew="")
    one = visit("department")
    keys = one.page.keyboard
    one.open("/tasks")
    row = one.page.locator(f".task[data-href='/cases/{number}']")
    for _ in range(one.page.locator(".task").count()):
        keys.press("j")
        if row.get_attribute("aria-current") == "true":
            break
    keys.press("Enter")
    one.page.wait_for_url(f"**/cases/{number}")
    one.state("dispatched")
    keys.press("a")
    one.dialog()
    keys.press("Enter")
    one.state("handling")


def test_the_skip_link_leads_past_the_navigation(visit):
    one = visit("dispatcher")
    one.open("/cases")
    one.page.evaluate("document.activeElement?.blur()")
    one.page.keyboard.press("Tab")
    expect(one.link("app.skip")).to_be_focused()
    expect(one.link("app.skip")).to_be_in_viewport()
    one.page.keyboard.press("Enter")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.querySelector('#main').contains(document.activeElement)")
