"""The main job: a real city's reports through a real node, every figure recounted independently."""
import csv
import gzip
import json
import re
import subprocess

import pytest

from node import BIN, EXAMPLES, EXTRACT, LOS_ANGELES, ROOT, SERVICES, assert_same_figures, by_group, recount, running_node

MAPPING = LOS_ANGELES / "mapping.json"
DIMENSIONS = ["department", "district", "street", "kind", "channel"]


@pytest.mark.parametrize("by", DIMENSIONS)
def test_figures_equal_the_recount(los_angeles, by):
    assert_same_figures(los_angeles.report(by), recount(MAPPING, EXTRACT, by))


@pytest.mark.parametrize("by", ["department", "channel"])
def test_each_figure_drills_down_to_exactly_its_cases(los_angeles, by):
    los_angeles.run("report", "--json", "--by", by, "--verify-drill-down")


def test_a_second_replay_changes_nothing(los_angeles):
    def state():
        return [los_angeles.sql(f"SELECT count(*), max(id) FROM {service}.events") for service in SERVICES]

    before = state()
    los_angeles.run("replay", "--mapping", MAPPING, EXTRACT)
    assert state() == before


def test_placement_agrees_with_the_citys_own_columns(los_angeles):
    """At least 99 % where the point lies in a polygon (an independent library reaches 99.8 % of districts and 99.1 % of streets)."""
    stated = {row["SRNumber"]: row for row in csv.DictReader(gzip.open(EXTRACT, "rt"))}
    lines = los_angeles.sql(
        "SELECT external_ref, district_code, street_code FROM dispatch.cases").splitlines()
    placed = {ref: (district, street) for ref, district, street in (line.split("|") for line in lines)}
    for column, index in (("CD", 0), ("NC", 1)):
        pairs = [
            (stated[ref][column], areas[index]) for ref, areas in placed.items()
            if ref in stated and stated[ref]["Latitude"] and stated[ref][column] and areas[index]]
        agreement = sum(a == b for a, b in pairs) / len(pairs)
        assert len(pairs) > 7_000
        assert agreement >= 0.99, f"{column}: {agreement:.4f} of {len(pairs)}"


def test_no_case_was_lost_or_doubled(los_angeles):
    assert los_angeles.sql("SELECT count(*), count(DISTINCT external_ref) FROM dispatch.cases") == "9999|9999"
    assert los_angeles.sql("SELECT count(*) FROM intake.reports") == "9999"
    # Every case's history is complete: its versions are 1 to the last without a gap.
    assert los_angeles.sql(
        "SELECT count(*) FROM (SELECT case_id FROM dispatch.case_history GROUP BY case_id HAVING max(version) <> count(*)) gaps") == "0"


def test_every_reporter_was_answered(los_angeles):
    assert los_angeles.sql(
        "SELECT count(*) FROM feedback.reports r WHERE NOT EXISTS (SELECT 1 FROM feedback.milestones m WHERE m.report_id = r.report_id)"
    ) == "0"
    assert los_angeles.sql("SELECT count(*) FROM feedback.follow_ups WHERE score IS NOT NULL") == "0"


def test_the_story_of_a_case_is_told_in_both_languages(los_angeles):
    number = los_angeles.sql("SELECT number FROM dispatch.cases WHERE external_ref = '1-870704831'")
    story = los_angeles.run("case", "show", number).stdout
    assert number in story
    for word in (
        "派遣至 环卫局", "dispatched to Bureau of Sanitation", "已派遣至环卫局处置。", "2017-12-31", "Closed", "结案", "期限"):
        assert word in story, f"{word} is not in\n{story}"
    assert "结案" not in los_angeles.run("case", "show", number, "--lang", "en").stdout


def test_a_role_reaches_only_its_own_schema(los_angeles):
    for service in SERVICES:
        for other in SERVICES:
            statement = f"SET ROLE {service}; SELECT count(*) FROM {other}.events"
            if service == other:
                los_angeles.sql(statement)
            else:
                with pytest.raises(subprocess.CalledProcessError) as refused:
                    los_angeles.sql(statement)
                assert "permission denied" in refused.value.stderr


UNKNOWN_CITY = """nummer;eingang;frist;erledigt;breite;laenge;ort;art;weg;amt;stand
A1;2021-03-01 08:00;2021-03-02;2021-03-01 12:00;50.11;8.68;Zeil 1;Schlagloch;Telefon;Strassenamt;fertig
A2;2021-03-01 09:00;2021-03-02;2021-03-04 09:00;50.12;8.69;Zeil 2;Schlagloch;Netz;Strassenamt;fertig
A3;2021-03-01 10:00;;2021-03-01 10:30;;;Hauptwache;Laterne;Netz;Lichtamt;ungueltig
A4;2021-03-01 11:00;2021-03-09;;0;0;Roemer;Laterne;Telefon;Lichtamt;offen
A5;gestern;2021-03-09;;50.1;8.6;Roemer;Laterne;Telefon;Lichtamt;offen
A6;2021-03-01 12:00;2021-03-09;;50.1;8.6;Roemer;Laterne;Telefon
"""
UNKNOWN_MAPPING = {
    "source": "unbekannt", "city": "unbekannt", "time_zone": "Europe/Berlin", "delimiter": ";", "id": "nummer",
    "times": {"format": "yyyy-MM-dd HH:mm", "created": "eingang", "ended": "erledigt",
              "due": {"column": "frist", "format": "yyyy-MM-dd", "end_of_day": True}},
    "place": {"longitude": "laenge", "latitude": "breite", "valid": {"west": 5, "south": 47, "east": 16, "north": 56}, "address": "ort"},
    "kind": "art", "owner": "amt", "text": "art",
    "channel": {"column": "weg", "values": {"Telefon": "hotline", "Netz": "web"}},
    "status": {"column": "stand", "values": {"fertig": "closed", "offen": "open", "ungueltig": "cancelled"}},
}


def test_a_city_never_seen_needs_a_mapping_only(workspace):
    extract = workspace / "unknown.csv"
    extract.write_text(UNKNOWN_CITY)
    mapping = workspace / "unknown.json"
    mapping.write_text(json.dumps(UNKNOWN_MAPPING))
    with running_node(workspace / "unknown", time_zone="Europe/Berlin") as node:
        node.run("replay", "--mapping", mapping, "--rejects", workspace / "rejects.csv", extract)
        assert_same_figures(node.report("department"), recount(mapping, extract, "department"))
        figures = by_group(node.report("department"))
        assert figures["Strassenamt"]["closed_on_time"] == 1
        assert figures["Lichtamt"]["open"] == 1
        rejects = list(csv.DictReader((workspace / "rejects.csv").open()))
        assert [row["line"] for row in rejects] == ["6", "7"]
        assert "gestern" in rejects[0]["reason"] or "eingang" in rejects[0]["reason"]
        # Dirty or missing coordinates: kept, unplaced, on the work list.
        unplaced = node.run("case", "list", "--unplaced").stdout
        assert "Laterne" in unplaced
        assert node.process.poll() is None
    assert node.process.returncode == 0
    assert node.left_behind() == []


def test_mistakes_in_a_mapping_are_named_by_line(workspace, los_angeles):
    wrong = workspace / "wrong.json"
    wrong.write_text(MAPPING.read_text().replace('"id": "SRNumber"', '"idd": "SRNumber"'))
    answer = los_angeles.run("replay", "--mapping", wrong, EXTRACT, check=False)
    assert answer.returncode not in (0, 1)
    line = next(number for number, text in enumerate(wrong.read_text().splitlines(), 1) if '"idd"' in text)
    assert re.search(rf"\b{line}\b", answer.stderr) and "idd" in answer.stderr


BALTIMORE = ROOT.parent / "shared" / "data" / "us_311" / "baltimore.csv.gz"


@pytest.mark.skipif(not BALTIMORE.exists(), reason="the Baltimore extract may not be bundled")
def test_baltimore_needs_its_mapping_only(workspace):
    mapping = EXAMPLES / "baltimore" / "mapping.json"
    with running_node(workspace / "baltimore", time_zone="America/New_York") as node:
        node.run("replay", "--mapping", mapping, BALTIMORE)
        for by in ("department", "kind", "channel", "district"):
            assert_same_figures(node.report(by), recount(mapping, BALTIMORE, by))
        assert int(node.sql("SELECT count(*) FROM intake.reports WHERE unplaced IS NOT NULL")) > 0


@pytest.mark.parametrize("command", [
    [], ["up"], ["status"], ["replay"], ["report"], ["case"], ["case", "list"], ["case", "show"], ["clock"], ["demo"],
    ["clean"], ["admin"], ["admin", "put"]])
def test_every_command_has_help(command):
    done = subprocess.run([BIN / "chengyun", *command, "--help"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and "USAGE" in done.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_help(service):
    done = subprocess.run([BIN / service, "--help"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and "CHENGYUN_DATABASE_URL" in done.stdout


def test_status_without_a_node_says_so(workspace):
    done = subprocess.run(
        [BIN / "chengyun", "status", "--data", workspace / "nothing"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 69
