"""What somebody may try at the console's door."""
import base64
import json
import random

import requests

from people import PASSWORD, Person, create, eventually, key

EVIL = "<script>window.hacked=1</script><img src=x onerror=\"window.hacked=1\">'\"`${7*7}\u2028</textarea>"


def some_case(people, **filters):
    answer = people["centre"].get("/api/cases", params={"limit": 1, **filters})
    assert answer.status_code == 200, answer.text
    return answer.json()["cases"][0]


def place():
    """Somewhere in the city where nobody has reported the same just now."""
    return {"lon": round(random.uniform(-118.30, -118.25), 5), "lat": round(random.uniform(34.03, 34.10), 5)}


def report(citizen, text=EVIL, **more):
    kinds = citizen.get("/api/public/kinds").json()["kinds"]
    body = {"key": key(), "kind": kinds[0]["code"], "text": text, "address": EVIL, "point": place(), **more}
    answer = citizen.post("/api/public/reports", body)
    assert answer.status_code < 300, answer.text
    return answer.json()


def test_nobody_reads_without_signing_in(console):
    stranger = Person(console)
    for path in ["/api/cases", "/api/overview", "/api/worklist", "/api/users", "/api/audit", "/api/indicators?by=department", "/api/alarms"]:
        assert stranger.get(path).status_code == 401, path


def test_roles_are_enforced_by_the_services(people, departments):
    """A console that asked anyway gets the service's refusal; here the console asks on behalf of the wrong person."""
    for role in ("department", "crew", "evaluator", "auditor"):
        assert people[role].get("/api/users").status_code == 403, role
    assert people["administrator"].get("/api/cases").status_code == 403
    number = report(Person(people["centre"].url), "a tree lies on the road")["number"]
    case = eventually(lambda: people["dispatcher"].get(f"/api/cases/{number}")).json()["case"]
    sent = people["dispatcher"].post(
        f"/api/cases/{number}/actions/dispatch",
        {"key": key(), "expected_version": case["version"], "department": departments[0], "reason": "theirs"})
    assert sent.status_code == 200, sent.text
    version = sent.json()["case"]["version"]
    assert people["other"].get(f"/api/cases/{number}").status_code in (403, 404)
    accept = {"key": key(), "expected_version": version}
    for role in ("other", "evaluator", "administrator", "auditor"):
        assert people[role].post(f"/api/cases/{number}/actions/accept", accept).status_code in (403, 404), role
    assert people["department"].get(f"/api/cases/{number}").json()["case"]["version"] == version, "somebody else's attempt changed it"
    assert people["department"].post(f"/api/cases/{number}/actions/accept", accept).status_code == 200
    listed = people["other"].get("/api/cases", params={"department": departments[0], "limit": 5})
    assert listed.status_code == 403 or listed.json()["cases"] == []


def test_csrf(people):
    centre = people["centre"]
    number = some_case(people)["number"]
    path, body = f"/api/cases/{number}/actions/supervise", {"key": key(), "expected_version": 1, "reason": "x"}
    assert centre.post(path, body, csrf=False).status_code == 403
    assert centre.post(path, body, csrf=people["dispatcher"].csrf).status_code == 403


def test_forged_and_replayed_cookies(console, people, los_angeles):
    cookie = people["centre"].http.cookies["chengyun_session"]
    made_up = base64.b64encode(json.dumps({"role": "centre"}).encode()).decode()
    for forged in [cookie[:-2] + "AA", cookie.replace("v1.", "v2."), "v1.AAAA.AAAA.AAAA", made_up]:
        answer = requests.get(console + "/api/cases", cookies={"chengyun_session": forged}, timeout=30)
        assert answer.status_code == 401, forged
    name = f"leaver-{key()[:6]}"
    create(los_angeles, console, name, "--role", "centre")
    leaver = Person(console, name)
    assert leaver.sign_in(PASSWORD).status_code < 300
    kept = leaver.http.cookies["chengyun_session"]
    assert leaver.get("/api/cases?limit=1").status_code == 200
    assert leaver.send("DELETE", "/api/session", None).status_code < 300
    answer = requests.get(console + "/api/cases", cookies={"chengyun_session": kept}, timeout=30)
    assert answer.status_code == 401, "a session that was ended still opens the door"


def test_guessing_a_password_is_slowed(console, people):
    guesser = Person(console, people["auditor"].name)
    answers = [guesser.sign_in(f"wrong {attempt}").status_code for attempt in range(12)]
    assert set(answers) <= {401, 403, 429}
    assert 429 in answers


def test_bodies(console, people):
    citizen = Person(console)
    headers = {"X-CSRF-Token": citizen.csrf, "Content-Type": "application/json"}
    post = lambda data: citizen.http.post(console + "/api/public/reports", data=data, headers=headers, timeout=30)
    assert post(b"{" * 100_000).status_code == 400
    assert post(b'{"key": ').status_code == 400
    assert post(b"\xff\xfe\x00").status_code == 400
    assert post(b'{"text": "' + b"x" * (2 << 20) + b'"}').status_code == 413
    assert post(b"[]").status_code == 400
    assert people["centre"].get("/api/cases?limit=100000").status_code == 400
    assert people["centre"].get("/api/cases?q=" + "a" * 5_000).status_code == 400


def test_tracking_is_not_guessable(console):
    citizen = Person(console)
    mine = report(citizen, "a lamp is out")
    path = f"/api/public/reports/{mine['number']}"
    assert eventually(lambda: citizen.get(path, params={"token": mine["token"]})).status_code == 200
    assert len(mine["token"]) >= 20, "100 random bits in base 32"
    for wrong in ["", "A" * len(mine["token"]), mine["token"][:-1] + ("A" if mine["token"][-1] != "A" else "B")]:
        assert citizen.get(path, params={"token": wrong}).status_code in (400, 403, 404)


def test_a_phone_number_stays_masked(console, people):
    citizen = Person(console)
    phone = "13812345678"
    mine = report(citizen, "a wall fell", contact={"name": "王小明", "phone": phone})
    detail = eventually(lambda: people["centre"].get(f"/api/cases/{mine['number']}"))
    assert detail.status_code == 200
    assert phone not in detail.text and "王小明" not in detail.text
    reports = [one for one in detail.json()["reports"] if one["reporter"]]
    assert len(reports) == 1
    blank = people["acceptor"].post(f"/api/reports/{reports[0]['id']}/reporter", {"reason": " "})
    assert blank.status_code in (400, 422)
    assert people["department"].post(f"/api/reports/{reports[0]['id']}/reporter", {"reason": "why not"}).status_code == 403
    seen = people["acceptor"].post(f"/api/reports/{reports[0]['id']}/reporter", {"reason": "call back about the place"})
    assert seen.status_code == 200 and seen.json()["phone"] == phone
    audit = people["auditor"].get("/api/audit?limit=50")
    assert audit.status_code == 200
    assert "call back about the place" in audit.text and phone not in audit.text


def test_evil_texts_are_harmless(console, people, visit):
    citizen = Person(console)
    mine = report(citizen, contact={"name": EVIL[:60], "phone": "13812345678"})
    eventually(lambda: citizen.get(f"/api/public/reports/{mine['number']}", params={"token": mine["token"]}))
    follow = visit(None).open(f"/follow/{mine['number']}?token={mine['token']}")
    case = visit("centre").open(f"/cases/{mine['number']}")
    listed = visit("centre").open("/cases")
    for page in (follow, case, listed):
        assert page.evaluate("window.hacked") is None
    assert "<script>" in case.locator("body").inner_text()


def test_headers(console):
    answer = requests.get(console + "/", timeout=30)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe-inline" not in policy and "default-src 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
