"""What somebody may try at the console's door."""
import base64
import http.client
import json
import re
import socket

import requests
from playwright.sync_api import expect

from people import PASSWORD, Person, eventually, key
from sensors import Gauge
from visit import PHONE

EVIL = "<script>window.hacked=1</script><img src=x onerror=\"window.hacked=1\">'\"`${7*7}\u2028</textarea>"
PHONE_NUMBER = "13712345678"


def test_nobody_reads_without_signing_in(console):
    """Every operation but those that the served document opens to all; and those are few."""
    stranger = Person(console)
    operations = [(path, method, asked) for path, all in stranger.get("/api/openapi.json").json()["paths"].items() for method, asked in all.items()]
    closed = [(path, method) for path, method, asked in operations if asked["security"]]
    for path, method in closed:
        here = re.sub(r"\{\w+\}", "1", path.replace("{id}", key()))
        answer = stranger.send(method.upper(), here, None if method == "get" else {})
        assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
    public = {path for path, _, asked in operations if not asked["security"]}
    assert len(closed) > 40
    assert {path for path in public if not path.startswith("/api/public/")} <= {"/api/session", "/api/divisions", "/api/openapi.json", "/healthz"}


def test_roles_are_enforced(people, city):
    for role in ("department", "crew", "evaluator", "auditor", "dispatcher", "centre"):
        assert people[role].get("/api/users").status_code == 403, role
    assert people["administrator"].get("/api/cases").status_code == 403
    number = city.filed("a tree lies on the road")
    sent = city.act("dispatcher", number, "dispatch", department=city.departments[0], reason="theirs")
    version = sent["case"]["version"]
    assert people["other"].get(f"/api/cases/{number}").status_code in (403, 404)
    accept = {"key": key(), "expected_version": version}
    for role in ("other", "evaluator", "administrator", "auditor"):
        assert people[role].post(f"/api/cases/{number}/actions/accept", accept).status_code in (403, 404), role
    assert people["department"].get(f"/api/cases/{number}").json()["case"]["version"] == version, "somebody else's attempt changed it"
    assert people["department"].post(f"/api/cases/{number}/actions/accept", accept).status_code == 200
    listed = people["other"].get("/api/cases", params={"department": city.departments[0], "limit": 5})
    assert listed.status_code == 403 or listed.json()["cases"] == []
    exported = people["other"].get("/api/cases.csv")
    assert number not in exported.text


def test_a_command_needs_the_token_of_its_own_session(people, city, console):
    centre, number = people["centre"], city.filed()
    path, body = f"/api/cases/{number}/actions/supervise", {"key": key(), "reason": "x"}
    fixed = requests.Session()
    for token in (False, "", "A" * 43, people["dispatcher"].csrf, Person(console).csrf):
        assert centre.post(path, body, csrf=token).status_code == 403, token
    # Another site's form, whatever it sends along.
    foreign = {"X-CSRF-Token": centre.csrf, "Sec-Fetch-Site": "cross-site"}
    answer = fixed.post(console + path, json=body, headers=foreign, cookies={"chengyun_session": centre.cookie}, timeout=30)
    assert answer.status_code == 403
    assert city.case(number)["case"]["supervised"] is False
    assert centre.post(path, body).status_code == 200


def test_forged_replayed_and_planted_cookies(console, people):
    cookie = people["centre"].cookie
    version, browser, token, proof = cookie.split(".")
    other = people["dispatcher"].cookie.split(".")
    made_up = base64.b64encode(json.dumps({"role": "centre"}).encode()).decode()
    forgeries = [
        cookie[:-2] + ("AA" if not cookie.endswith("AA") else "BB"), f"v2.{browser}.{token}.{proof}", "v1.AAAA.AAAA.AAAA", made_up,
        f"{version}.{browser}.{other[2]}.{proof}", f"{version}.{other[1]}.{token}.{proof}", f"{version}.{browser}.{token}.", "x" * 5_000]
    for forged in forgeries:
        answer = requests.get(console + "/api/cases", cookies={"chengyun_session": forged}, timeout=30)
        assert answer.status_code in (400, 401, 431), forged
    leaver = people.enlist("centre", "leaver")
    kept = leaver.cookie
    assert leaver.get("/api/cases?limit=1").status_code == 200
    assert leaver.send("DELETE", "/api/session", None).status_code == 204
    answer = requests.get(console + "/api/cases", cookies={"chengyun_session": kept}, timeout=30)
    assert answer.status_code == 401, "a session that was ended still opens the door"
    # A cookie that somebody planted before the sign-in is worth nothing after it.
    victim = Person(console, leaver.name)
    planted = victim.cookie
    assert victim.sign_in(PASSWORD).status_code == 200 and victim.cookie != planted
    assert requests.get(console + "/api/cases", cookies={"chengyun_session": planted}, timeout=30).status_code == 401
    assert victim.http.cookies.list_domains() and "HttpOnly" in str(vars(next(iter(victim.http.cookies)))["_rest"])


def test_a_session_that_ran_out_opens_nothing(people, los_angeles):
    idle, old = (people.enlist("evaluator", name) for name in ("idle", "old"))
    mine = lambda person: f"account_id = (SELECT id FROM dispatch.accounts WHERE name = '{person.name}')"
    los_angeles.sql(f"UPDATE dispatch.sessions SET last_used_at = last_used_at - interval '31 minutes' WHERE {mine(idle)}")
    los_angeles.sql(
        f"UPDATE dispatch.sessions SET started_at = started_at - interval '13 hours', expires_at = expires_at - interval '13 hours' WHERE {mine(old)}")
    # The console remembers for some seconds who somebody is.
    for person in (idle, old):
        assert eventually(lambda: person.get("/api/cases?limit=1"), lambda answer: answer.status_code == 401).status_code == 401


def test_guessing_a_password_is_slowed(console, people):
    guesser = Person(console, people["auditor"].name)
    answers = [guesser.sign_in(f"wrong {attempt}") for attempt in range(12)]
    assert {answer.status_code for answer in answers} <= {401, 429}
    assert answers[-1].status_code == 429
    # Neither the answer nor its words tell whether there is such a name.
    unknown = Person(console, f"nobody-{key()[:6]}")
    strangers = [unknown.sign_in(f"wrong {attempt}") for attempt in range(12)]
    assert [answer.status_code for answer in strangers] == [answer.status_code for answer in answers]
    assert strangers[0].json()["error"] == answers[0].json()["error"]
    # Others are not shut out by it.
    assert Person(console, people["evaluator"].name).sign_in().status_code == 200


def test_bodies(console, people):
    citizen = Person(console)
    headers = {"X-CSRF-Token": citizen.csrf, "Content-Type": "application/json"}
    post = lambda data, **more: citizen.http.post(console + "/api/public/reports", data=data, headers={**headers, **more}, timeout=30)
    report = lambda **fields: json.dumps({"key": key(), "kind": "Other", "text": "x", "address": "y", **fields}).encode()
    for wrong in (b"{" * 100_000, b"[" * 100_000, b'{"key": ', b"\xff\xfe\x00", b"[]", b"null", b"", b'{"text": "\\ud800"}', b"1e999999",
                  report(text=""), report(text="x" * 4_001), report(text=7), report(kind="no such kind"), report(point={"lon": 999, "lat": 0}),
                  report(point={"lon": "1", "lat": 0}), report(contact={"phone": "1" * 100}), report(key=""), report(key="k" * 1_000)):
        assert post(wrong).status_code in (400, 422), wrong[:80]
    assert post(b'{"text": "' + b"x" * (2 << 20) + b'"}').status_code == 413
    assert post(report(), **{"Content-Type": "text/plain"}).status_code == 415
    assert post(report(), **{"Content-Type": "application/x-www-form-urlencoded"}).status_code == 415
    for wrong in ("limit=100000", "limit=-1", "q=" + "a" * 5_000, "page=%ff%fe", "page=forged", "from=2017-99-99", "state=open%00"):
        assert people["centre"].get(f"/api/cases?{wrong}").status_code == 400, wrong
    for path in ("/api/cases/%00", "/api/cases/" + "9" * 5_000, "/api/cases/..%2f..%2fusers", "/assets/..%2f..%2f..%2fetc/passwd", "/assets/../../etc/passwd"):
        assert people["centre"].get(path).status_code in (400, 404), path


def test_broken_and_endless_requests_do_no_harm(console):
    address = console.removeprefix("http://").split(":")
    door = (address[0], int(address[1]))
    for bytes in (b"\x16\x03\x01\x02\x00" * 100, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n", b"POST /api/session HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                  b"GET /api/session HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 200_000 + b"\r\n\r\n", b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\n\r\n"):
        with socket.create_connection(door, timeout=20) as one:
            try:
                one.sendall(bytes)
                answer = one.recv(64)
            except ConnectionError:
                answer = b""
            assert not answer or b" 4" in answer[:16] or b" 50" in answer[:16], answer
    connection = http.client.HTTPConnection(*door, timeout=20)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200


def test_tracking_is_not_guessable(console, city):
    citizen = Person(console)
    mine, theirs = city.report("a lamp is out"), city.report("a wall fell")
    path = f"/api/public/reports/{mine['number']}"
    assert eventually(lambda: citizen.get(path, params={"token": mine["token"]})).status_code == 200
    assert len(mine["token"]) >= 20 and mine["token"] != theirs["token"], "100 random bits in base 32"
    unknown = citizen.get("/api/public/reports/000000-000000-0", params={"token": mine["token"]})
    assert unknown.status_code == 404
    last = mine["token"][-1]
    for wrong in ["A" * len(mine["token"]), mine["token"][:-1] + ("A" if last != "A" else "B"), theirs["token"], mine["token"][:-1], "%", "é"]:
        answer = citizen.get(path, params={"token": wrong})
        # The same answer as for a number that does not exist: nobody learns which numbers do.
        assert (answer.status_code, answer.json()) == (404, unknown.json()), wrong
        rated = citizen.post(f"{path}/rating", {"key": key(), "token": wrong, "score": 1})
        assert (rated.status_code, rated.json()) == (404, unknown.json()), wrong
    assert citizen.get(path).status_code == 400


def test_strangers_are_slowed(console):
    eager = Person(console)
    ask = lambda: eager.get("/api/public/kinds").status_code
    assert ask() == 200
    # However long the asking takes on a busy machine.
    assert any(ask() == 429 for _ in range(1_000))
    # By address: others are not.
    assert Person(console).get("/api/public/kinds").status_code == 200


def numbers_in(person, paths):
    """The paths whose answers hold the telephone number or the name."""
    found = []
    for path in paths:
        answer = person.get(path)
        if re.search(PHONE_NUMBER + "|欧阳小芳", answer.text):
            found.append(path)
    return found


def test_a_phone_number_stays_masked_in_every_answer_of_every_role(console, people, city):
    mine = city.report("a wall fell", contact={"name": "欧阳小芳", "phone": PHONE_NUMBER})
    number = mine["number"]
    detail = eventually(lambda: people["centre"].get(f"/api/cases/{number}"), lambda answer: "5678" in answer.text)
    case_id, report_id = detail.json()["case"]["id"], detail.json()["reports"][0]["id"]
    city.act("dispatcher", number, "dispatch", department=city.departments[0], crew="crew-1", reason="theirs")
    document = Person(console).get("/api/openapi.json").json()["paths"]
    plain = [path for path, operations in document.items() if "get" in operations and "{" not in path and path not in ("/api/live", "/api/openapi.json")]
    paths = [f"{path}?limit=200" if "limit" in json.dumps(document[path]["get"].get("parameters", [])) else path for path in plain] + [
        f"/api/cases/{number}", f"/api/cases?q={number}", "/api/cases?q=wall", f"/api/cases?q={PHONE_NUMBER}", f"/api/cases/{case_id}",
        f"/api/public/reports/{number}?token={mine['token']}", "/api/indicators?by=department", "/api/audit?limit=200", "/api/users?q=a"]
    assert len(paths) > 20
    for role in ("centre", "dispatcher", "acceptor", "checker", "supervisor", "evaluator", "department", "other", "crew", "administrator", "auditor"):
        assert numbers_in(people[role], paths) == [], role
    assert numbers_in(Person(console), paths) == []

    path = f"/api/reports/{report_id}/reporter"
    assert people["acceptor"].post(path, {"reason": " "}).status_code in (400, 422)
    assert people["acceptor"].post(path, {}).status_code == 400
    for role in ("department", "crew", "evaluator", "auditor", "administrator", "other"):
        assert people[role].post(path, {"reason": "why not"}).status_code == 403, role
    seen = people["acceptor"].post(path, {"reason": "call back about the place"})
    assert seen.status_code == 200 and seen.json()["phone"] == PHONE_NUMBER
    audit = people["auditor"].get("/api/audit?limit=50")
    assert "call back about the place" in audit.text and PHONE_NUMBER not in audit.text
    assert numbers_in(people["acceptor"], paths) == [], "shown once, for that reason only"


def test_evil_texts_are_harmless_wherever_they_are_shown(console, people, city, visit, stubs, wire):
    """In each field that somebody may fill in, on each page that shows it."""
    mine = city.report(EVIL, address=EVIL, contact={"name": EVIL[:60], "phone": "13812345678"})
    number = mine["number"]
    city.case(number)
    city.act("dispatcher", number, "dispatch", department=city.departments[0], crew="crew-1", reason=EVIL)
    city.act("crew", number, "handled", note=EVIL)
    city.act("checker", number, "check", passed=False, reason=EVIL)
    gauge = Gauge(stubs, wire, name="<img src=x onerror=window.hacked=1>")
    gauge.reads(1.0, 4.5)
    alarms = eventually(lambda: people["centre"].get("/api/alarms", params={"sensor": gauge.code}), lambda answer: answer.json()["alarms"])
    noted = people["centre"].post(f"/api/alarms/{alarms.json()['alarms'][0]['id']}/acknowledge", {"key": key(), "note": EVIL})
    assert noted.status_code == 200
    made = people["administrator"].post("/api/users", {"name": f"evil-{key()[:8]}", "display_name": EVIL[:80], "roles": ["evaluator"]})
    assert made.status_code == 200
    eventually(lambda: people["acceptor"].get(f"/api/cases/{number}"), lambda answer: '"reporter": null' not in answer.text)
    shown_at = [
        (None, mine["link"]), ("centre", f"/cases/{number}"), ("centre", "/cases?state=handling"), ("centre", "/centre"), ("crew", "/tasks"),
        ("centre", "/lifeline"), ("centre", f"/lifeline/{gauge.code}"), ("administrator", "/admin/users?q=evil"), ("auditor", "/admin/audit")]
    for role, path in shown_at:
        page = visit(role, device=PHONE if role in ("crew", None) else {}).open(path)
        assert page.evaluate("window.hacked") is None, path
        assert page.evaluate("document.querySelector('main').querySelectorAll('script, img[src=x]').length") == 0, path
    # Shown as what was written, not left out.
    case = visit("centre").open(f"/cases/{number}")
    expect(case.locator(".case-text")).to_contain_text("<script>window.hacked=1</script>")
    expect(case.locator(".timeline")).to_contain_text("onerror")
    # Nor does a spreadsheet take a text for a formula.
    city.case(city.report("=HYPERLINK(\"http://x\")", address="@SUM(1)")["number"])
    cells = people["centre"].get("/api/cases.csv", params={"state": "pending_dispatch"}).text
    assert not re.search(r"(^|,)\"?[=@+]", cells, re.M)


def test_headers(console):
    for path in ("/", "/report", "/api/session", "/api/cases", "/no-such-page", "/assets/styles/base.css"):
        headers = requests.get(console + path, timeout=30).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy and "default-src 'none'" in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY" and headers["Referrer-Policy"] == "no-referrer"
    cookie = requests.get(console + "/api/session", timeout=30).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
