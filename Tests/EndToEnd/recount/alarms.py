"""Counts a sensor's alarms straight from its series, by the definition in Services/Lifeline/README.md. Shares nothing with the service but
the rules' file.

    alarms.py sensors.json [FILE ...]     prints {sensor: [[cause, raised, closed, worst severity], …]}, times in seconds since 1970
"""
import csv
import gzip
import json
import sys
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

SEVERITIES = {"blue": 1, "yellow": 2, "orange": 3, "red": 4}


def series(sensor, folder, given):
    """(time, value) in the order of time, the first of each instant; rows without a value are gaps."""
    described = sensor["series"]
    path = given.get(Path(described["file"]).name, folder / described["file"])
    with (gzip.open if str(path).endswith(".gz") else open)(path, "rt", newline="") as file:
        rows = [
            (moment(row[described["time"]], described), float(row[described["value"]]))
            for row in csv.DictReader(file) if row[described["value"]].strip() not in ("", "NA", "NaN")]
    first = {}
    for at, value in rows:
        first.setdefault(at, value)
    return sorted(first.items())


def moment(text, described):
    if described["format"] == "iso8601":
        return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
    assert described["format"] == "yyyy-MM-dd HH:mm:ss", described["format"]
    zone = ZoneInfo(described["zone"]) if "zone" in described else timezone.utc
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone).timestamp())


def silences(readings, rule, end):
    """A gap longer than allowed, and the time from the last reading to the end of the replay."""
    after = rule.get("silence_after_s", 0)
    if not after:
        return
    worst = SEVERITIES[rule.get("silence_severity", "yellow")]
    for (older, _), (newer, _) in zip(readings, readings[1:]):
        if newer - older > after:
            yield ["silence", older + after, newer, worst]
    if readings and end - readings[-1][0] > after:
        yield ["silence", readings[-1][0] + after, None, worst]


def excursions(readings, rule):
    """Threshold, hysteresis, duration."""
    sign = 1 if rule["direction"] == "above" else -1
    limits = [(SEVERITIES[step["severity"]], sign * step["limit"]) for step in rule.get("thresholds", [])]
    hysteresis, duration = rule.get("hysteresis", 0), rule.get("min_duration_s", 0)
    silence = rule.get("silence_after_s", 0) or float("inf")
    beyond_since = {}
    alarm, severity, before = None, 0, None
    for at, value in readings:
        if before is not None and at - before > silence:
            beyond_since = {}  # what nobody watched has not held
        before = at
        for step, limit in limits:
            if sign * value >= limit:
                beyond_since.setdefault(step, at)
            else:
                beyond_since.pop(step, None)
        proven = max((step for step, since in beyond_since.items() if at - since >= duration), default=0)
        held = max(
            (step for step, limit in limits if step <= severity and (sign * value >= limit or sign * value > limit - hysteresis)), default=0)
        severity = max(proven, held)
        if severity and alarm is None:
            alarm = ["threshold", at, None, severity]
        elif severity:
            alarm[3] = max(alarm[3], severity)
        elif alarm:
            alarm[2] = at
            yield alarm
            alarm = None
    if alarm:
        yield alarm


def count(path, files=()):
    described = json.loads(Path(path).read_text())
    given = {Path(file).name: file for file in files}
    readings = {sensor["code"]: series(sensor, Path(path).parent, given) for sensor in described["sensors"] if "series" in sensor}
    end = max(at for one in readings.values() for at, _ in one)
    return {
        sensor["code"]: sorted(
            [*silences(readings[sensor["code"]], sensor["rule"], end), *excursions(readings[sensor["code"]], sensor["rule"])],
            key=lambda alarm: (alarm[1], alarm[0]))
        for sensor in described["sensors"] if "rule" in sensor and "series" in sensor}


if __name__ == "__main__":
    print(json.dumps(count(sys.argv[1], sys.argv[2:])))
