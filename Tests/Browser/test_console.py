"""The console's API on the replayed city, with real processes."""
import json
import os
import signal
import socket
import threading

from people import Person, key


def test_status_says_where_the_console_is(los_angeles):
    console = los_angeles.status()["console"]
    assert console["url"] == f"http://127.0.0.1:{los_angeles.port_base + 6}" and console["health"] == "serving"


def test_pages_are_served_to_strangers_and_nothing_else(console):
    stranger = Person(console)
    assert stranger.session["user"] is None and set(stranger.session["services"].values()) == {"serving"}
    for page in ("/", "/report", "/cases"):
        answer = stranger.get(page)
        assert answer.status_code == 200 and '<script type="module"' in answer.text
    assert stranger.get("/api/cases").status_code == 401 and stranger.get("/api/overview").status_code == 401


def test_lists_and_a_case(people):
    dispatcher = people["dispatcher"]
    page = dispatcher.get("/api/cases", params={"limit": 20, "sort": "newest"}).json()
    assert len(page["cases"]) == 20 and page["total_estimate"] > 20
    second = dispatcher.get("/api/cases", params={"limit": 20, "sort": "newest", "page": page["next_page"]}).json()
    assert not {one["number"] for one in page["cases"]} & {one["number"] for one in second["cases"]}
    number = page["cases"][0]["number"]
    story = dispatcher.get(f"/api/cases/{number}").json()
    assert story["history"][0]["kind"] == "filed" and story["reports"][0]["case_number"] == number
    assert dispatcher.get("/api/cases/no-such-number").status_code in (400, 404)


def test_a_bad_question_is_explained(people):
    for query in ({"limit": "0"}, {"limit": "many"}, {"state": "open"}, {"from": "yesterday"}, {"sort": "up"}):
        answer = people["dispatcher"].get("/api/cases", params=query)
        error = answer.json()["error"]
        assert answer.status_code == 400 and error["code"] == "invalid_field" and error["message"] and error["message_en"], query


def test_overview_worklist_tiles_and_divisions(people):
    dispatcher = people["dispatcher"]
    overview = dispatcher.get("/api/overview").json()
    assert overview["open"] >= 0 and isinstance(overview["alarms_open"], int)
    worklist = dispatcher.get("/api/worklist").json()
    assert all("items" in worklist[part] for part in ("unplaced", "undispatched", "overdue", "returned"))
    tile = dispatcher.get("/api/tiles/cases/10/175/408.mvt")
    assert tile.status_code in (200, 204)
    assert dispatcher.get("/api/tiles/cases/1/5/0.mvt").status_code in (400, 404)
    divisions = dispatcher.get("/api/divisions", params={"tier": "district"}).json()
    assert divisions["features"][0]["geometry"]["type"] == "MultiPolygon"


def test_a_page_that_was_left_has_given_its_stream_back(people):
    """Without waiting for the next event: a person may have eight streams, and who reloads a page nine times is no attacker."""
    evaluator = people.enlist("evaluator")
    head = f"GET /api/live HTTP/1.1\r\nHost: x\r\nCookie: chengyun_session={evaluator.cookie}\r\n\r\n".encode()

    def opened():
        page = socket.create_connection(("127.0.0.1", int(evaluator.url.rpartition(":")[2])), timeout=10)
        page.sendall(head)
        return page, page.recv(16)[9:12]

    pages = [opened() for _ in range(8)]
    assert [status for _, status in pages] == [b"200"] * 8
    refused, status = opened()
    assert status == b"429"
    refused.close()
    for page, _ in pages:
        page.shutdown(socket.SHUT_WR)
    for page, _ in pages:
        # Who has closed only his own side still hears that the stream ends.
        while page.recv(65_536):
            pass
        page.close()
    again, status = opened()
    assert status == b"200"
    again.close()


def test_the_centre_hears_of_a_report_at_once(people, city):
    heard, found = threading.Event(), {}

    def listen():
        for name, data in people["dispatcher"].events("/api/live"):
            if name == "ping":
                heard.set()
            if name == "case" and data.get("text") == "路灯不亮，请速来":
                found.update(data)
                return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert heard.wait(60)
    filed = city.report("路灯不亮，请速来")
    listener.join(60)
    assert found["number"] == filed["number"]
    citizen = Person(city.url)
    name, progress = next(citizen.events(f"/api/public/reports/{filed['number']}/stream?token={filed['token']}"))
    assert name == "progress" and progress["number"] == filed["number"] and progress["milestones"][0]["kind"] == "received"


def test_a_command_says_who_gave_it_and_is_given_once(people, city):
    number = city.filed()
    assert "cancel" in city.case(number)["actions"]
    path, body = f"/api/cases/{number}/actions", {"key": key(), "reason": "试验"}
    after = people["dispatcher"].post(f"{path}/cancel", body).json()
    last = after["history"][-1]
    assert after["case"]["state"] == "cancelled" and last["actor"]["role"] == "dispatcher" and last["reason"] == "试验"
    again = people["dispatcher"].post(f"{path}/cancel", body)
    assert again.status_code == 200 and len(again.json()["history"]) == len(after["history"])
    refused = people["dispatcher"].post(f"{path}/close", {"key": key()})
    error = refused.json()["error"]
    assert refused.status_code == 409 and error["message"] and error["message_en"]


def test_a_killed_console_is_started_again(los_angeles, console):
    before = los_angeles.status()["console"]
    os.kill(before["pid"], signal.SIGKILL)
    while (after := json.loads(los_angeles.run("status", "--json", check=False).stdout)["console"])["pid"] in (before["pid"], None):
        threading.Event().wait(0.1)
    los_angeles.wait_healthy()
    assert after["restarts"] == before["restarts"] + 1
    assert Person(console).get("/healthz").status_code == 200
