"""Real series through a real node: every alarm is one that an independent count finds, and has exactly one case."""
import json
import os
import signal
import subprocess
import sys
import threading

import pytest

from node import BIN, EXAMPLES, ROOT, running_node

TRAFFIC = EXAMPLES / "traffic" / "sensors.json"
RIVER = ROOT / "Tests" / "EndToEnd" / "river" / "sensors.json"
# May be measured, not shipped: it lies beside the clone where the project is developed.
RIVER_SERIES = ROOT.parent / "shared" / "data" / "sensors" / "brompton_flow_2003-2010.csv.gz"
COUNT = ROOT / "Tests" / "EndToEnd" / "recount" / "alarms.py"


@pytest.fixture(scope="module")
def sensors(workspace):
    with running_node(workspace / "sensors", "--city", "sensors", time_zone="UTC") as node:
        yield node


@pytest.mark.skipif(not RIVER_SERIES.exists(), reason=f"the river's series may not be shipped and is not at {RIVER_SERIES}")
def test_floods_and_silences_of_a_river(sensors):
    said = sensors.run("replay", "--sensors", RIVER, RIVER_SERIES).stdout
    counted = count(RIVER, RIVER_SERIES)
    assert alarms(sensors, counted) == counted
    floods = [alarm for alarm in counted["FLOW-BROMPTON"] if alarm[0] == "threshold"]
    silences = [alarm for alarm in counted["FLOW-BROMPTON"] if alarm[0] == "silence"]
    assert floods and silences
    assert f"{len(floods) + len(silences)} alarms, {len(silences)} of them silences, {len(floods) + len(silences)} with a case" in said
    assert_one_case_each(sensors)


def test_every_alarm_of_the_traffic_sensors_has_one_case(sensors):
    """After the river: its sensor has no more to say and is not silent because of that."""
    said = sensors.run("replay", "--sensors", TRAFFIC).stdout
    counted = count(TRAFFIC)
    assert alarms(sensors, counted) == counted
    total = sum(len(one) for one in counted.values())
    silences = sum(alarm[0] == "silence" for one in counted.values() for alarm in one)
    assert total > 100
    assert f"{total} alarms, {silences} of them silences, {total} with a case" in said
    assert_one_case_each(sensors)
    # All severities, from blue to red.
    assert sensors.sql("SELECT count(DISTINCT peak_severity) FROM lifeline.alarms") == "4"
    # The same again finds the same.
    before = sensors.sql("SELECT count(*), max(id) FROM lifeline.events")
    assert f"{total} alarms" in sensors.run("replay", "--sensors", TRAFFIC).stdout
    assert sensors.sql("SELECT count(*), max(id) FROM lifeline.events") == before


def test_no_alarm_is_lost_when_lifeline_and_intake_are_killed(workspace):
    with running_node(workspace / "sensor-crashes", "--city", "sensors", time_zone="UTC") as node:
        replay = subprocess.Popen(
            [BIN / "chengyun", "replay", "--data", node.folder, "--sensors", TRAFFIC], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        for service in ("lifeline", "intake", "lifeline"):
            wait_for_more_alarms(node, replay)
            os.kill(node.status()["services"][service]["pid"], signal.SIGKILL)
            node.wait_healthy()
        assert replay.wait(timeout=300) == 0, node.tail()
        counted = count(TRAFFIC)
        assert alarms(node, counted) == counted
        assert_one_case_each(node)


def count(sensors, *files):
    done = subprocess.run([sys.executable, COUNT, sensors, *files], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def alarms(node, wanted):
    """As lifeline has them, in the form of the count."""
    lines = node.sql("""
        SELECT json_build_array(code, CASE cause WHEN 1 THEN 'threshold' ELSE 'silence' END, extract(epoch FROM raised_at)::bigint,
          extract(epoch FROM closed_at)::bigint, peak_severity)
        FROM lifeline.alarms JOIN lifeline.sensors ON sensors.id = sensor_id ORDER BY raised_at, cause DESC""").splitlines()
    found = {code: [] for code in wanted}
    for line in lines:
        code, *alarm = json.loads(line)
        if code in found:
            found[code].append(alarm)
    return {code: sorted(one, key=lambda alarm: (alarm[1], alarm[0])) for code, one in found.items()}


def assert_one_case_each(node):
    """Every alarm has a case of its own, filed when the alarm was raised, and nothing else was filed."""
    # An alarm and its case tell each other's numbers; the case is urgent and came by channel 7, sensors.
    assert node.sql("SELECT count(*) FROM lifeline.alarms WHERE case_id IS NULL") == "0"
    assert node.sql("SELECT count(*) FROM lifeline.case_requests") == "0"
    assert node.sql("SELECT count(*) - count(DISTINCT case_id) FROM lifeline.alarms") == "0"
    total = node.sql("SELECT count(*) FROM lifeline.alarms")
    assert node.sql("SELECT count(*) FROM intake.reports") == total
    assert node.sql("""
        SELECT count(*) FROM lifeline.alarms a JOIN dispatch.cases c ON c.id = a.case_id
        WHERE c.external_ref = a.id::text AND c.number = a.case_number AND c.filed_at = a.raised_at AND c.urgent AND c.channel = 7""") == total


def wait_for_more_alarms(node, replay):
    """Until lifeline has told more than before: the replay is at work."""
    before = None
    for _ in range(600):
        try:
            now = int(node.sql("SELECT count(*) FROM lifeline.events"))
        except (subprocess.CalledProcessError, AssertionError):
            now = None
        if now is not None and before is not None and now > before:
            return
        before = now if before is None else before
        if replay.poll() is not None:
            return  # it was quicker than the killing
        threading.Event().wait(0.02)
    raise AssertionError(f"the replay stands still\n{node.tail()}")
