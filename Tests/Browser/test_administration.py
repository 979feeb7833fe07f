"""Users, their second factors and sessions, and the list of who did what."""
import uuid

import pytest
from playwright.sync_api import expect

from city import chinese
from codes import Authenticator, drawn_text
from people import PASSWORD, eventually
from visit import LANGUAGES

FRESH = "a new lantern over the river 9"


def fresh_name(role):
    return f"{role}-{uuid.uuid4().hex[:8]}"


def sign_in(one, name, password, path="/"):
    one.open(path)
    one.field("signin.name").fill(name)
    one.field("signin.password").fill(password)
    one.button("signin.submit").click()


def row_of(one, name):
    one.page.get_by_role("searchbox").fill(name)
    found = one.page.locator(".user-table tbody tr")
    expect(found).to_have_count(1)
    expect(found).to_contain_text(name)
    return found


def once_password(one):
    """The password that is shown once."""
    shown = one.dialog().locator(".password-once")
    expect(shown).to_be_visible()
    password = shown.inner_text()
    one.button("users.password_noted").click()
    expect(one.page.locator("dialog[open]")).to_have_count(0)
    return password


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_user_is_made_signs_in_and_chooses_a_password(visit, language):
    name = fresh_name("new")
    admin = visit("administrator", language)
    admin.open("/admin/users")
    admin.button("users.create").click()
    form = admin.dialog()
    admin.field("users.name", form).fill(name)
    admin.field("users.display_name", form).fill("赵六")
    form.locator("input[type=checkbox][value=dispatcher]").check()
    form.locator("button[type=submit]").click()
    once = once_password(admin)
    expect(row_of(admin, name)).to_contain_text(admin.t("role.dispatcher"))

    one = visit(None, language)
    sign_in(one, name, once)
    # Until the password is one's own, there is nothing else to see.
    expect(one.page.get_by_text(one.t("account.must_change"))).to_be_visible()
    one.field("account.one_time").fill(once)
    one.field("account.new").fill("short")
    one.field("account.again").fill("short")
    one.button("account.change").click()
    expect(one.page.locator(".field-error:visible").first).to_be_visible()
    one.field("account.new").fill(FRESH)
    one.field("account.again").fill(FRESH)
    one.button("account.change").click()
    one.page.wait_for_url("**/worklist")
    expect(one.page.locator(".who-name")).to_have_text("赵六")
    one.button("nav.sign_out").click()
    expect(one.button("signin.submit")).to_be_visible()
    one.expected = {401}
    sign_in(one, name, once)
    expect(one.page.get_by_role("alert")).to_be_visible()


def test_a_password_is_reset_and_the_old_one_opens_nothing(visit, people):
    person = people.enlist("evaluator", "reset")
    name = person.name
    admin = visit("administrator")
    admin.open("/admin/users")
    row_of(admin, name).get_by_role("button").filter(has_text=admin.t("users.reset")).click()
    admin.dialog().locator("button[type=submit]").click()
    once = once_password(admin)
    assert person.get("/api/cases?limit=1").status_code == 401, "the reset left the sessions"
    assert person.sign_in(PASSWORD).status_code == 401
    one = visit()
    sign_in(one, name, once)
    expect(one.page.get_by_text(one.t("account.must_change"))).to_be_visible()


def test_a_second_factor_is_enrolled_from_the_drawn_code_and_asked_for(visit, people):
    person = people.enlist("evaluator", "factor")
    name = person.name
    one = visit(person)
    one.open("/account")
    asked = one.field("account.factor_password")
    one.expected = {403}
    asked.fill("not the password")
    one.button("account.factor_begin").click()
    expect(one.page.locator(".account-factor").get_by_role("alert")).to_be_visible()
    one.expected = set()
    asked.fill(PASSWORD)
    asked.press("Enter")
    picture = one.page.locator(".qr")
    expect(picture).to_be_visible()
    uri = drawn_text(picture)
    assert uri == one.page.locator(".uri").text_content()
    app = Authenticator(uri)
    assert name in app.label and app.issuer
    one.field("account.code").fill(app.code())
    one.button("account.factor_confirm").click()
    expect(one.page.get_by_text(one.t("account.factor_on"))).to_be_visible()
    one.button("nav.sign_out").click()
    expect(one.button("signin.submit")).to_be_visible()

    one.expected = {401}
    sign_in(one, name, PASSWORD)
    code = one.field("signin.code")
    expect(code).to_be_visible()
    code.fill("000000")
    one.button("signin.submit").click()
    expect(one.page.get_by_role("alert")).to_be_visible()
    # The code that enrolled counts no more; the next one does.
    code.fill(app.code(steps=1))
    one.button("signin.submit").click()
    expect(one.page.locator(".who-name")).to_be_visible()


def test_a_session_is_ended_by_the_administrator(visit, people):
    person = people.enlist("dispatcher", "lost-phone")
    name = person.name
    victim = visit(person)
    victim.open("/cases")
    victim.expected = {401}
    admin = visit("administrator")
    admin.open("/admin/users")
    row_of(admin, name).get_by_role("button").filter(has_text=admin.t("users.sessions")).click()
    listed = admin.dialog().locator(".sessions li")
    expect(listed).to_have_count(1)
    admin.button("sessions.end", listed).click()
    admin.page.locator("dialog[open] button[type=submit]").click()
    expect(listed).to_have_count(0)
    assert person.get("/api/cases?limit=1").status_code == 401
    # Whoever holds that browser is asked to sign in, without doing anything.
    expect(victim.button("signin.submit")).to_be_visible()


def test_a_disabled_user_is_out_at_once(visit, people):
    person = people.enlist("evaluator", "left")
    name = person.name
    admin = visit("administrator")
    admin.open("/admin/users")
    row_of(admin, name).get_by_role("button").filter(has_text=admin.t("users.edit")).click()
    admin.dialog().get_by_label(admin.t("users.disabled")).check()
    admin.confirm("action.save")
    assert person.get("/api/cases?limit=1").status_code == 401
    assert person.sign_in().status_code == 401


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_auditor_sees_who_looked_at_a_reporter_and_why(visit, city, language):
    phone = "13912345678"
    number = city.report(f"围墙倒塌{chinese()}", contact={"name": "李小红", "phone": phone})["number"]
    eventually(lambda: city.people["acceptor"].get(f"/api/cases/{number}"), lambda answer: "139****5678" in answer.text)
    one = visit("acceptor", language)
    one.open(f"/cases/{number}")
    report = one.page.locator(".report")
    expect(report).to_contain_text("139****5678")
    assert phone not in one.page.content()
    one.button("case.unmask").click()
    one.dialog().locator("button[type=submit]").click()
    expect(one.dialog().locator(".field-error").first).to_be_visible()
    why = f"核实现场位置{chinese()}"
    one.field("case.unmask_reason", one.dialog()).fill(why)
    one.confirm("case.unmask")
    expect(report).to_contain_text(phone)
    expect(report).to_contain_text("李小红")

    auditor = visit("auditor", language)
    auditor.open("/admin/audit?action=reporter_viewed")
    entry = auditor.page.locator(".audit-table tbody tr", has_text=why)
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text(city.people["acceptor"].name)
    expect(entry).to_contain_text(auditor.t("audit_action.reporter_viewed"))
    assert phone not in auditor.page.content()


def test_the_audit_list_is_filtered(visit, city):
    auditor = visit("auditor")
    auditor.open("/admin/audit")
    expect(auditor.page.locator(".audit-table tbody tr").first).to_be_visible()
    auditor.page.get_by_label(auditor.t("audit.result")).select_option("refused")
    auditor.settled()
    results = set(auditor.page.locator(".audit-table tbody .result").all_inner_texts())
    assert results <= {auditor.t("audit_result.refused")}
