"""`kill -9` at any instant is a normal event."""
import json
import os
import re
import signal
import subprocess
import threading

from node import BIN, EXTRACT, LOS_ANGELES, SERVICES, assert_same_figures, first_rows, recount, running_node

MAPPING = LOS_ANGELES / "mapping.json"
ROWS = 2_500


def test_figures_survive_killing_every_process(workspace):
    """Each service in turn, then PostgreSQL, then the replay itself, in the middle of a replay."""
    with running_node(workspace / "crashes", "--city", "los-angeles") as node:
        replay = start_replay(node)
        for service in SERVICES:
            wait_for_more_cases(node, replay)
            os.kill(node_pid(node, service), signal.SIGKILL)
            node.wait_healthy()
        wait_for_more_cases(node, replay)
        kill_postgres(node)
        node.wait_healthy()
        wait_for_more_cases(node, replay)
        replay.kill()
        replay.wait()
        output = start_replay(node)
        assert output.wait(timeout=600) == 0, node.tail()
        for by in ("department", "district", "channel"):
            assert_same_figures(node.report(by), limited_recount(workspace, by))
        assert node.sql("SELECT count(*), count(DISTINCT external_ref) FROM dispatch.cases") == f"{ROWS}|{ROWS}"
    assert node.left_behind() == []


def test_killing_up_leaves_nothing_running_and_the_next_one_starts(workspace):
    with running_node(workspace / "killed-up") as node:
        pids = [service["pid"] for service in node.status()["services"].values()] + [node.status()["postgres"]["pid"]]
        node.process.kill()
        node.process.wait()
        for pid in pids:
            wait_gone(pid)
        node.start()
        assert all(service["health"] == "serving" for service in node.status()["services"].values())


def test_a_service_that_stands_still_is_not_taken_for_a_crashed_one(workspace):
    """As when a debugger or `make bench` holds it: status says so, nothing is started beside it, and it goes on where it was."""
    with running_node(workspace / "still") as node:
        pid = node_pid(node, "dispatch")
        os.kill(pid, signal.SIGSTOP)
        try:
            for _ in range(2):  # each answer takes the probe's 2 s: two rounds of the supervisor
                answer = node.run("status", "--json", check=False)
                assert answer.returncode == 69
                assert json.loads(answer.stdout)["services"]["dispatch"]["health"] == "unreachable"
        finally:
            os.kill(pid, signal.SIGCONT)
        dispatch = node.wait_healthy()["services"]["dispatch"]
        assert (dispatch["pid"], dispatch["restarts"]) == (pid, 0)


def start_replay(node):
    return subprocess.Popen(
        [BIN / "chengyun", "replay", "--data", node.folder, "--mapping", MAPPING, "--limit", str(ROWS), EXTRACT],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def node_pid(node, service):
    return node.status()["services"][service]["pid"]


def kill_postgres(node):
    os.kill(node.status()["postgres"]["pid"], signal.SIGKILL)


def cases(node):
    try:
        return int(node.sql("SELECT count(*) FROM dispatch.events"))
    except (subprocess.CalledProcessError, AssertionError):
        return None


def wait_for_more_cases(node, replay):
    """Until the log has grown: the replay is at work."""
    before = None
    for _ in range(600):
        now = cases(node)
        if now is not None and before is not None and now > before:
            return
        before = now if before is None else before
        if replay.poll() is not None:
            return  # it was quicker than the killing
        threading.Event().wait(0.1)
    raise AssertionError(f"the replay stands still\n{node.tail()}")


def wait_gone(pid):
    for _ in range(300):
        try:
            state = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        threading.Event().wait(0.1)
    raise AssertionError(f"process {pid} is still there")


def limited_recount(workspace, by):
    return recount(MAPPING, first_rows(ROWS, workspace / "first.csv"), by)
