"""The city of the screenshots: Los Angeles on the afternoon of 29 December 2017, in the middle of its work, with people signed in.

The bundled requests are replayed until that moment and no further, so that the clocks stand there and thousands of cases are open. The
bundled road series were measured in the Twin Cities in 2015; for the pictures they are moved in time, so that they end at that moment,
and put beside Los Angeles' freeways. The captions say so. Citizens' reports, names and telephone numbers are made up."""
import csv
import datetime
import json
import signal
import subprocess
import threading
from zoneinfo import ZoneInfo

from node import BIN, EXTRACT, LOS_ANGELES, ROOT
from people import Person, create, eventually, key
from wire import Stubs, Wire

ZONE = ZoneInfo("America/Los_Angeles")
MOMENT = datetime.datetime(2017, 12, 29, 14, 20, tzinfo=ZONE)
TRAFFIC = ROOT / "Services" / "Chengyun" / "Examples" / "traffic"
# Freeways beside which the series are shown: longitude, latitude, name.
PLACES = {
    "ROAD-6005": (-118.2910, 34.0372, "I-10 检测站 6005"),
    "ROAD-T4013": (-118.4699, 34.1593, "US-101 检测站 T4013"),
    "ROAD-387": (-118.2730, 33.9288, "I-105 行程时间 387"),
}
# Where a series is cut off, in its own time: in the morning's congestion, so that alarms stand open.
CUT = {"SPEED-T4013": "2015-09-16 08:39:00", "OCC-6005": "2015-09-17 07:40:00", "SPEED-6005": "2015-09-17 07:36:00"}
# The one that has been silent for so long.
SILENT = {"TRAVEL-387": datetime.timedelta(hours=13)}
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0"
# name: display name, options
PEOPLE = {
    "wang": ("王建国", ["--role", "centre"]),
    "liu": ("刘敏", ["--role", "dispatcher", "--role", "acceptor"]),
    "zhao": ("赵志强", ["--role", "crew", "--department", "BOS", "--crew", "NC"]),
    "chen": ("陈静", ["--role", "evaluator"]),
    "sun": ("孙丽华", ["--role", "administrator"]),
    "zhou": ("周国平", ["--role", "auditor"]),
    "li": ("李秀英", ["--role", "department", "--department", "BOS"]),
}


def micros(moment):
    return round(moment.timestamp() * 1_000_000)


class Services:
    """The node's services, as the operator calls them."""

    def __init__(self, node, folder):
        self.stubs, self.wire = Stubs(folder), Wire(node)

    def messages(self, package):
        return getattr(self.stubs, package)

    def stub(self, service, package, name):
        return self.stubs.service(package, name, self.wire.channel(service))

    def clock(self):
        return self.stub("intake", "node", "Clock").Get(self.messages("node").GetClockRequest(), timeout=5)

    def now(self):
        return datetime.datetime.fromtimestamp(self.clock().now_us / 1e6, ZONE)

    def advance(self, minutes):
        """The clocks stand in the data's time: they go on when they are told to."""
        self.drive(self.now() + datetime.timedelta(minutes=minutes))

    def drive(self, moment):
        for service in self.wire.status["services"]:
            self.stub(service, "node", "Clock").Drive(self.messages("node").DriveClockRequest(to_us=micros(moment)), timeout=5)


def replay_until(node, wire, moment):
    """The replay is stopped as Ctrl-C stops it: the clocks then stay in the data's time."""
    words = [BIN / "chengyun", "replay", "--data", node.folder, "--mapping", LOS_ANGELES / "mapping.json", EXTRACT]
    running = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while running.poll() is None:
        clock = wire.clock()
        if clock.driven and clock.now_us >= micros(moment):
            running.send_signal(signal.SIGINT)
            break
        threading.Event().wait(0.02)
    running.wait(timeout=120)


def add_sensors(wire):
    """The road sensors with the series' own readings, moved so that each series ends now."""
    file = json.loads((TRAFFIC / "sensors.json").read_text())
    lifeline = wire.messages("lifeline")
    service = wire.stub("lifeline", "lifeline", "Lifeline")
    assets = []
    for one in file["assets"]:
        longitude, latitude, name = PLACES[one["code"]]
        asset = lifeline.Asset(code=one["code"], name=name, kind=one["kind"])
        asset.place.point.longitude, asset.place.point.latitude, asset.place.address = longitude, latitude, name
        assets.append(asset)
    service.PutAssets(lifeline.PutAssetsRequest(assets=assets), timeout=10)
    service.PutSensors(lifeline.PutSensorsRequest(sensors=[sensor(lifeline, one) for one in file["sensors"]]), timeout=10)
    until = wire.now()
    service.IngestReadings((batch for one in file["sensors"] for batch in readings(lifeline, one, until)), timeout=120)


def sensor(lifeline, one):
    longitude, latitude, name = PLACES[one["asset"]]
    made = lifeline.Sensor(
        code=one["code"], name=one["name"], asset_code=one["asset"], quantity=one["quantity"], unit=one["unit"],
        interval_s=one["interval_s"], case_kind=one.get("case_kind", ""))
    made.place.point.longitude, made.place.point.latitude, made.place.address = longitude, latitude, name
    if rule := one.get("rule"):
        made.rule.above = rule["direction"] == "above"
        for step in rule["thresholds"]:
            made.rule.thresholds.add(severity=severity(lifeline, step["severity"]), limit=step["limit"])
        made.rule.hysteresis, made.rule.min_duration_s = rule.get("hysteresis", 0), rule.get("min_duration_s", 0)
        made.rule.silence_after_s = rule.get("silence_after_s", 0)
        made.rule.silence_severity = severity(lifeline, rule.get("silence_severity", "yellow"))
    return made


def severity(lifeline, word):
    return getattr(lifeline, f"SEVERITY_{word.upper()}")


def readings(lifeline, one, until):
    with open(TRAFFIC / one["series"]["file"]) as file:
        rows = [
            (datetime.datetime.fromisoformat(row["timestamp"]), float(row["value"])) for row in csv.DictReader(file)
            if row["timestamp"] <= CUT.get(one["code"], "9")
        ]
    shift = until.replace(tzinfo=None) - rows[-1][0] - SILENT.get(one["code"], datetime.timedelta())
    for start in range(0, len(rows), 1_000):
        part = rows[start:start + 1_000]
        times = [micros((time + shift).replace(tzinfo=ZONE)) for time, _ in part]
        yield lifeline.ReadingBatch(sensor_code=one["code"], times_us=times, values=[value for _, value in part])


def add_standards(wire):
    """The kind under which alarms open cases, in the table that holds; how soon such a case must be handled, and bulky items."""
    intake = wire.messages("intake")
    service = wire.stub("intake", "intake", "Intake")
    table = service.GetCodeTable(intake.GetCodeTableRequest(table="kind"), timeout=10)
    if any(code.code == "lifeline-alarm" for code in table.codes):
        return
    table.version += "+alarms"
    table.codes.add(code="lifeline-alarm", name="生命线报警", name_en="Lifeline alarm", staff_only=True)
    service.PutCodeTable(table, timeout=10)
    alarm = intake.FilingStandard(
        id="lifeline-alarm", version="1", kind="lifeline-alarm", limit=2, unit=intake.LIMIT_UNIT_URGENT_HOUR, urgent=True,
        check_required=True, condition="传感器报警 sensor alarm", closing_condition="读数恢复，现场核查通过 readings are back, place checked")
    bulky = intake.FilingStandard(
        id="replay:Bulky Items", version="2017-12-29", kind="Bulky Items", limit=8, unit=intake.LIMIT_UNIT_URGENT_HOUR,
        condition="占道大件垃圾 bulky items in the way", closing_condition="清走并清扫 taken away and swept")
    service.PutFilingStandards(
        intake.PutFilingStandardsRequest(standards=[alarm, bulky], valid_from_us=wire.clock().now_us), timeout=10)


class Scenery:
    """The prepared node: its people, its console's address, and the citizens' reports that the pictures show."""

    def __init__(self, node, workspace):
        self.node, self.workspace = node, workspace
        self.url = node.status()["console"]["url"].rstrip("/")
        kept = node.folder / "screenshots.json"
        if not kept.exists():
            kept.write_text(json.dumps(self.prepare()))
        self.reports = json.loads(kept.read_text())

    def prepare(self):
        wire = Services(self.node, self.workspace / "stubs")
        replay_until(self.node, wire, MOMENT)
        for name, (shown, options) in PEOPLE.items():
            create(self.node, self.url, name, "--display-name", shown, *options)
        chief = self.person("wang")
        newest = chief.get("/api/cases?sort=newest&limit=1").json()["cases"][0]["filed_at"]
        wire.drive(max(wire.now(), datetime.datetime.fromisoformat(newest)))
        add_standards(wire)
        reports = self.citizens(wire.advance)
        add_sensors(wire)
        acknowledge(chief, "OCC-6005", "早高峰拥堵，已通知交警疏导。")
        return reports

    def person(self, name):
        person = Person(self.url, name)
        person.http.headers["User-Agent"] = BROWSER
        assert person.sign_in().status_code < 300
        return person

    def citizens(self, advance):
        """Reports of citizens: one on its way, one that was closed and asks how it was, one without a place."""
        chief, dispatcher, crew = map(self.person, ("wang", "liu", "zhao"))
        words = ("地铁站出口旁边的人行道上堆着三张旧床垫和一个冰箱，轮椅过不去，晚上没有路灯，老人差点绊倒。\n"
                 "Three old mattresses and a refrigerator block the sidewalk beside the station exit; a wheelchair cannot pass.")
        station = ("地铁站西侧出口，4718 W SUNSET BLVD, 90027", (-118.2919, 34.0980))
        under_way = self.submit("Bulky Items", words, *station, contact=("陈小姐", "13812341234"))
        self.submit("Bulky Items", "床垫还在，今天早上又多了一张沙发。", *station, contact=("周先生", "13700001111"))
        closed = self.submit(
            "Metal/Household Appliances", "旧洗衣机和热水器堆在路边，挡住了盲道。", "W 3RD ST / S NORMANDIE AVE", (-118.3003, 34.0690),
            contact=("李先生", "13987654321"))
        self.submit("Graffiti Removal", "桥墩上有新的涂鸦，位置在河边步道，没有门牌。", "洛杉矶河边步道，靠近第一座铁路桥")
        advance(4)
        act(dispatcher, under_way, "dispatch", department="BOS", crew="NC", reason="地铁站在 NC 场站的片区")
        act(crew, under_way, "return", reason="NC 场站认为地点在 EV 场站的片区")
        advance(7)
        act(dispatcher, under_way, "dispatch", department="BOS", crew="NC", reason="与两个场站核对过片区图，仍归 NC 场站，请在晚高峰前清走")
        advance(9)
        act(crew, under_way, "accept")
        act(dispatcher, closed, "dispatch", department="BOS", crew="NC", reason="NC 场站离得最近")
        for person, action, said in [
            (crew, "accept", {}), (crew, "handled", {"note": "已全部清走，盲道恢复通行。"}),
            (chief, "check", {"passed": True, "reason": "现场核查，盲道已通"}), (chief, "close", {"note": "办结"}),
        ]:
            act(person, closed, action, **said)
            advance(6)
        return {"under_way": under_way, "closed": closed}

    def submit(self, kind, text, address, point=None, contact=None):
        body = {"key": key(), "kind": kind, "text": text, "address": address}
        if point:
            body["point"] = {"lon": point[0], "lat": point[1]}
        if contact:
            body["contact"] = {"name": contact[0], "phone": contact[1]}
        answer = Person(self.url).post("/api/public/reports", body)
        assert answer.status_code < 300, answer.text
        return answer.json()


def acknowledge(person, sensor, note):
    found = lambda answer: [one for one in answer.json()["alarms"] if one["sensor"] == sensor]
    answer = eventually(lambda: person.get("/api/alarms?state=open"), found)
    done = person.post(f"/api/alarms/{found(answer)[0]['id']}/acknowledge", {"key": key(), "note": note})
    assert done.status_code < 300, done.text


def act(person, report, action, **said):
    """Waits until the case is there; an action that its state does not allow is left out."""
    path = f"/api/cases/{report['number']}"
    has_come = lambda answer: answer.status_code == 200 and action in answer.json()["actions"]
    answer = eventually(lambda: person.get(path), has_come, patience=5)
    assert answer.status_code == 200, answer.text
    case = answer.json()
    if action in case["actions"]:
        done = person.post(f"{path}/actions/{action}", {"key": key(), "expected_version": case["case"]["version"], **said})
        assert done.status_code < 300, done.text
