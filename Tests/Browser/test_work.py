"""Cases in the hands of those who work on them, by clicks and taps: dispatcher, department, crew, checker."""
import pytest
from playwright.sync_api import expect

from city import chinese, place
from people import eventually
from visit import LANGUAGES, PHONE


def rows(one):
    return one.page.locator("tbody tr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dispatcher_finds_a_case_by_chinese_words_and_sends_it_out(visit, city, language):
    word = chinese()
    number = city.filed(f"学府路口下水道井盖{word}松动")
    one = visit("dispatcher", language)
    one.open("/cases?state=open")
    one.page.get_by_role("searchbox").fill(f"井盖{word}")
    expect(rows(one)).to_have_count(1)
    rows(one).first.locator("a").click()
    one.page.wait_for_url(f"**/cases/{number}")
    one.state("pending_dispatch")
    one.button("do.dispatch").click()
    one.field("do.department", one.dialog()).select_option(city.departments[0])
    one.field("do.crew", one.dialog()).select_option("crew-1")
    one.field("do.reason", one.dialog()).fill("井盖归该部门管护")
    one.confirm("do.dispatch")
    one.done("do.dispatch")
    one.state("dispatched")
    newest = one.page.locator(".timeline .step").first
    expect(newest).to_contain_text(one.t("fact.dispatched"))
    expect(newest).to_contain_text(city.people["dispatcher"].name)
    expect(newest).to_contain_text("井盖归该部门管护")
    # What a dispatcher may do now: send it elsewhere, but not report it handled.
    assert one.page.locator("[data-action=dispatch]").count() == 1 and one.page.locator("[data-action=handled]").count() == 0


def test_a_department_must_be_chosen(visit, city):
    one = visit("dispatcher")
    one.open(f"/cases/{city.filed()}")
    one.button("do.dispatch").click()
    one.dialog().locator("button[type=submit]").click()
    expect(one.dialog().locator(".field-error").first).to_have_text(one.t("field.missing"))
    one.page.keyboard.press("Escape")
    one.state("pending_dispatch")


def test_a_dispatcher_undoes_a_merge(visit, city):
    here = place()
    number = city.filed("路灯不亮", point=here)
    assert city.report("还是那盏路灯", point=here)["number"] == number
    eventually(lambda: city.people["dispatcher"].get(f"/api/cases/{number}"), lambda answer: len(answer.json()["reports"]) == 2)
    one = visit("dispatcher")
    one.open(f"/cases/{number}")
    expect(one.page.locator(".report")).to_have_count(2)
    one.button("case.unlink").click()
    one.field("do.reason", one.dialog()).fill("不是同一盏灯")
    one.confirm("case.unlink")
    one.done("case.unlink")
    expect(one.page.locator(".report")).to_have_count(1)
    expect(one.page.locator(".timeline")).to_contain_text(one.t("fact.report_unlinked"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_department_accepts_one_task_and_returns_another_with_a_reason(visit, city, language):
    word = chinese()
    mine, not_mine = city.dispatched(f"坑洞{word}", crew=""), city.dispatched(f"断树{word}", crew="")
    one = visit("department", language, PHONE)
    one.open("/tasks")
    task = lambda number: one.page.locator(f".task[data-href='/cases/{number}']")
    one.button("do.accept", task(mine)).tap()
    one.done("do.accept")
    expect(task(mine)).to_contain_text(one.t("state.handling"))
    one.button("do.return", task(not_mine)).tap()
    one.dialog().locator("button[type=submit]").tap()
    expect(one.dialog().locator(".field-error").first).to_be_visible()
    one.field("do.reason", one.dialog()).fill("归园林部门管")
    one.confirm("do.return")
    expect(task(not_mine)).to_have_count(0)
    # The dispatcher has it on his list, with the reason in its history.
    other = visit("dispatcher", language)
    other.open("/worklist")
    other.page.locator(f".work-row[data-href='/cases/{not_mine}'] a").click()
    other.state("returned")
    expect(other.page.locator(".timeline .step").first).to_contain_text("归园林部门管")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_crew_reports_a_task_handled_from_its_phone(visit, city, language):
    number = city.dispatched(f"路灯{chinese()}")
    one = visit("crew", language, PHONE)
    one.open("/tasks")
    task = one.page.locator(f".task[data-href='/cases/{number}']")
    one.button("do.handled", task).tap()
    one.field("do.note", one.dialog()).fill("已更换灯泡，现场已清理")
    one.dialog().locator("button[type=submit]").tap()
    expect(task).to_have_count(0)
    # The button was large enough for a thumb.
    assert city.case(number, "checker")["case"]["state"] == "handled"
    assert "已更换灯泡" in city.case(number, "checker")["history"][-1]["reason"]


def test_a_task_appears_on_the_phone_by_itself(visit, city):
    one = visit("crew", device=PHONE)
    one.open("/tasks")
    one.live()
    one.never_reloaded()
    number = city.dispatched(f"路灯{chinese()}")
    expect(one.page.locator(f".task[data-href='/cases/{number}']")).to_be_visible()
    assert one.never_reloaded()
    # Buttons are large enough for a thumb: 40 CSS pixels and more.
    heights = [button.bounding_box()["height"] for button in one.page.locator(".task-buttons button").all()[:3]]
    assert min(heights) >= 40, heights


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_checker_checks_and_closes(visit, city, language):
    number = city.handled()
    one = visit("checker", language)
    one.open(f"/cases/{number}")
    one.button("do.check").click()
    one.field("do.passed", one.dialog()).select_option("yes")
    one.confirm("do.check")
    one.state("pending_close")
    one.button("do.close").click()
    one.confirm("do.close")
    one.state("closed")
    expect(one.page.locator(".timeline .step").first).to_contain_text(one.t("fact.closed"))


def test_a_failed_check_needs_a_reason_and_goes_back(visit, city):
    number = city.handled()
    one = visit("checker")
    one.open(f"/cases/{number}")
    one.button("do.check").click()
    one.field("do.passed", one.dialog()).select_option("no")
    one.dialog().locator("button[type=submit]").click()
    expect(one.dialog().locator(".field-error", has_text=one.t("do.check_reason_needed"))).to_be_visible()
    one.field("do.check_reason", one.dialog()).fill("灯仍不亮")
    one.confirm("do.check")
    one.state("handling")
    expect(one.page.locator(".timeline .step").first).to_contain_text("灯仍不亮")


def test_somebody_elses_change_is_shown_and_not_overwritten(visit, city):
    number = city.filed()
    one = visit("dispatcher")
    one.expected = {409}
    one.open(f"/cases/{number}")
    one.button("do.supervise").click()
    one.field("do.reason", one.dialog()).fill("领导关注")
    city.act("centre", number, "cancel", reason="重复")
    one.dialog().locator("button[type=submit]").click()
    expect(one.dialog().get_by_role("alert")).to_be_visible()
    one.page.keyboard.press("Escape")
    one.state("cancelled")


def test_a_view_is_saved_and_the_list_is_exported(visit, city):
    city.filed()
    one = visit("dispatcher")
    one.open("/cases?state=pending_dispatch")
    one.button("cases.view_save").click()
    one.field("cases.view_name", one.dialog()).fill("待我派遣")
    one.confirm("action.save")
    expect(one.page.get_by_role("link", name="待我派遣")).to_be_visible()
    with one.page.expect_download() as started:
        one.link("action.export").click()
    lines = started.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) >= 2 and "," in lines[0]


def test_an_area_of_the_matrix_is_named_by_where_the_case_is(visit, people):
    """Districts and streets may have the same codes, as Los Angeles' do: which of them the matrix meant, the case's place tells."""
    of = {
        tier: {one["properties"]["code"]: one["properties"]["name"] for one in people["dispatcher"].get(f"/api/divisions?tier={tier}").json()["features"]}
        for tier in ("district", "street")
    }
    code = sorted(of["district"].keys() & of["street"].keys())[0]
    other = next(street for street in of["street"] if street not in of["district"])
    one = visit("dispatcher", "en")
    one.open("/cases")
    district = one.t("city.district", code=code)
    for area, row, name in [
        (code, {"district": code, "street": other}, district), (code, {"district": "0", "street": code}, of["street"][code]),
        (other, {"district": code, "street": other}, of["street"][other]), (code, {"district": code, "street": ""}, district),
        (other, {"district": code, "street": code}, of["street"][other]), (code, {"district": "0", "community": code}, code),
    ]:
        told = one.page.evaluate("""async ([area, row]) => (await (await import("/assets/scripts/core/directory.js")).names()).area(area, row)""", [area, row])
        assert told == name, (area, row)
