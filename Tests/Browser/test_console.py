"""The console's API on the replayed city, with real processes."""
import time
import http.client
import json
import os
import signal
import threading
import uuid

import pytest

from browser import Browser, new_user, path_of


@pytest.fixture(scope="module")
def node(los_angeles):
    return los_angeles


@pytest.fixture(scope="module")
def dispatcher(node):
    return new_user(node, "console-dispatcher", "dispatcher")


def key():
    return str(uuid.uuid4())


def test_status_says_where_the_console_is(node):
    console = node.status()["console"]
    assert console["url"] == f"http://127.0.0.1:{node.port_base + 6}" and console["health"] == "serving"


def test_pages_are_served_to_strangers_and_nothing_else(node):
    stranger = Browser(node)
    assert stranger.session["user"] is None and set(stranger.session["services"].values()) == {"serving"}
    for page in ("/", "/report", "/cases"):
        status, content = stranger.get(page)
        assert status == 200 and b"<script type=\"module\"" in content
    assert stranger.get("/api/cases")[0] == 401
    assert stranger.get("/api/overview")[0] == 401


def test_lists_and_a_case(dispatcher):
    status, page = dispatcher.get("/api/cases", limit=20, sort="newest")
    assert status == 200 and len(page["cases"]) == 20 and page["total_estimate"] > 20
    status, second = dispatcher.get("/api/cases", limit=20, sort="newest", page=page["next_page"])
    assert status == 200 and not {one["number"] for one in page["cases"]} & {one["number"] for one in second["cases"]}
    status, story = dispatcher.get(path_of(page["cases"][0]["number"]))
    assert status == 200 and story["history"][0]["kind"] == "filed" and story["reports"][0]["case_number"] == page["cases"][0]["number"]
    assert dispatcher.get(path_of("no-such-number"))[0] in (400, 404)


def test_a_bad_question_is_explained(dispatcher):
    for query in ({"limit": "0"}, {"limit": "many"}, {"state": "open"}, {"from": "yesterday"}, {"sort": "up"}):
        status, answer = dispatcher.get("/api/cases", **query)
        assert status == 400 and answer["error"]["code"] == "invalid_field" and answer["error"]["message_en"], query


def test_overview_worklist_tiles_and_divisions(dispatcher):
    status, overview = dispatcher.get("/api/overview")
    assert status == 200 and overview["open"] >= 0 and isinstance(overview["alarms_open"], int)
    status, worklist = dispatcher.get("/api/worklist")
    assert status == 200 and all("items" in worklist[part] for part in ("unplaced", "undispatched", "overdue", "returned"))
    status, tile = dispatcher.get("/api/tiles/cases/10/175/408.mvt")
    assert status == 200 and isinstance(tile, bytes)
    assert dispatcher.get("/api/tiles/cases/1/5/0.mvt")[0] == 404
    status, divisions = dispatcher.get("/api/divisions", tier="district")
    assert status == 200 and divisions["features"][0]["geometry"]["type"] == "MultiPolygon"


def test_indicators(node):
    evaluator = new_user(node, "console-evaluator", "evaluator")
    status, answer = evaluator.get("/api/indicators", by="department", period="all")
    assert status == 200 and answer["rows"] and answer["formulas"]


def report(browser, **more):
    status, kinds = browser.get("/api/public/kinds")
    assert status == 200
    body = {"key": key(), "kind": kinds["kinds"][0]["code"], "text": "<script>alert(1)</script> 路灯不亮", "address": "Main Street 1", **more}
    return browser.post("/api/public/reports", body)


def test_a_citizen_reports_and_follows_and_the_centre_hears_of_it_at_once(node, dispatcher):
    heard = threading.Event()
    found = {}

    def listen():
        for name, data in dispatcher.events("/api/live"):
            if name == "ping":
                heard.set()
            if name == "case" and data.get("text", "").startswith("<script>"):
                found.update(data)
                return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert heard.wait(30)
    citizen = Browser(node)
    status, filed = report(citizen, contact={"name": "张三", "phone": "13812345678"}, point={"lon": -118.25, "lat": 34.05})
    assert status == 200 and filed["number"] and filed["token"] and filed["link"].startswith("/follow/"), filed
    listener.join(30)
    assert found["number"] == filed["number"]
    number = filed["number"]
    status, progress = citizen.get(f"/api/public/reports/{number}", token=filed["token"])
    assert status == 200 and progress["milestones"][0]["kind"] == "received"
    assert citizen.get(f"/api/public/reports/{number}", token="0" * 20)[0] in (403, 404)
    first = next(citizen.events(f"/api/public/reports/{number}/stream?token={filed['token']}"))
    assert first[0] == "progress" and first[1]["number"] == number
    status, story = dispatcher.get(path_of(number))
    assert status == 200 and "138****5678" in json.dumps(story) and "13812345678" not in json.dumps(story)


def test_a_command_says_who_gave_it_and_is_given_once(node, dispatcher):
    number = report(Browser(node))[1]["number"]
    deadline = time.monotonic() + 30
    while (answer := dispatcher.get(path_of(number)))[0] == 404 and time.monotonic() < deadline:
        threading.Event().wait(0.1)  # dispatch hears of it a moment later
    status, story = answer
    assert "cancel" in story["actions"], story["actions"]
    body = {"key": key(), "reason": "试验"}
    status, after = dispatcher.post(f"{path_of(number)}/actions/cancel", body)
    assert status == 200 and after["case"]["state"] == "cancelled"
    last = after["history"][-1]
    assert last["actor"]["role"] == "dispatcher" and last["reason"] == "试验"
    status, again = dispatcher.post(f"{path_of(number)}/actions/cancel", body)
    assert status == 200 and len(again["history"]) == len(after["history"])
    status, refused = dispatcher.post(f"{path_of(number)}/actions/close", {"key": key()})
    assert status == 409 and refused["error"]["message"] and refused["error"]["message_en"]


def test_roles_are_kept(node, dispatcher):
    auditor = new_user(node, "console-auditor", "auditor")
    assert auditor.get("/api/cases")[0] == 403
    assert auditor.get("/api/audit")[0] == 200
    assert dispatcher.get("/api/audit")[0] == 403 and dispatcher.get("/api/users")[0] == 403


def test_a_forged_cookie_is_nobody_and_a_replayed_one_ends_with_its_session(node):
    person = new_user(node, "console-leaver", "dispatcher")
    thief = Browser(node)
    thief.cookie = person.cookie
    assert thief.get("/api/cases", limit=1)[0] == 200
    forged = Browser(node)
    forged.cookie = person.cookie[:-3] + ("AAA" if not person.cookie.endswith("AAA") else "BBB")
    assert forged.get("/api/cases")[0] == 401
    assert person.ask("DELETE", "/api/session")[0] == 204
    assert thief.get("/api/cases")[0] == 401


def test_large_and_broken_requests_do_no_harm(node):
    citizen = Browser(node)
    status, answer = citizen.post("/api/public/reports", {"text": "x" * (1 << 20)})
    assert status == 413 and answer["error"]["code"] == "body_too_large"
    connection = http.client.HTTPConnection("127.0.0.1", node.port_base + 6, timeout=10)
    connection.request("GET", "/api/session", headers={"X-Long": "x" * 100_000})
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        answer = connection.getresponse()
        assert answer.status >= 400
        raise ConnectionError
    assert citizen.get("/healthz")[0] == 200


def test_a_killed_console_is_started_again(node):
    before = node.status()["console"]
    os.kill(before["pid"], signal.SIGKILL)
    while (after := json.loads(node.run("status", "--json", check=False).stdout)["console"])["pid"] in (before["pid"], None):
        threading.Event().wait(0.1)
    node.wait_healthy()
    assert after["restarts"] == before["restarts"] + 1
    assert Browser(node).get("/healthz")[0] == 200
