"""What a city decides, stored from files through the public RPCs."""
import json

import pytest

from node import LOS_ANGELES, running_node

FILES = {
    "calendar": {"version": "2024", "work_hours": [["08:00", "12:00"], ["14:00", "18:00"]], "holidays": ["2024-02-10"],
                 "worked_weekends": ["2024-02-04"]},
    "codes": {"table": "kind", "version": "9", "valid_from": "2024-01-01", "codes": [{"code": "01", "name": "井盖"}]},
    "standards": {"valid_from": "2024-01-01", "standards": [{"id": "01", "version": "9", "kind": "01", "limit": 6, "unit": "urgent_hours"}]},
    "matrix": {"version": "m1", "departments": [{"code": "A", "name": "环卫局", "crews": [{"code": "A1", "name": "一队"}]}],
               "responsibilities": [{"kind": "01", "department": "A", "crew": "A1"}]},
    "formula": {"formulas": [{"indicator": "late", "version": "1", "name": "超期", "form": "count", "numerator": "closed and not on_time",
                              "valid_from": "2024-01-01"}]},
}


@pytest.fixture(scope="module")
def node(workspace):
    with running_node(workspace / "admin") as node:
        yield node


def put(node, what, file, *options, check=True):
    return node.run("admin", "put", what, file, *options, check=check)


@pytest.mark.parametrize("what", FILES)
def test_a_file_is_stored_and_the_same_again_changes_nothing(node, workspace, what):
    file = workspace / f"{what}.json"
    file.write_text(json.dumps(FILES[what]))
    first = put(node, what, file).stdout
    assert put(node, what, file).stdout == first


def test_divisions_are_stored_from_geojson(node):
    done = put(node, "divisions", LOS_ANGELES / "council_districts.geojson.gz", "--tier", "district", "--code", "external_id")
    assert "15 divisions stored" in done.stdout


def test_a_version_never_changes(node, workspace):
    file = workspace / "calendar-again.json"
    for holidays in ([], ["2024-05-01"]):
        file.write_text(json.dumps({**FILES["calendar"], "version": "fixed", "holidays": holidays}))
        done = put(node, "calendar", file, check=False)
    assert done.returncode == 65 and str(file) in done.stderr


def test_mistakes_are_named_by_line_and_field(node, workspace):
    file = workspace / "wrong.json"
    file.write_text('{"version": "1",\n "work_hours": [["12:00", "08:00"]],\n "holiday": []}')
    done = put(node, "calendar", file, check=False)
    assert done.returncode == 65
    assert "line 2: work_hours[0]" in done.stderr and "line 3: holiday" in done.stderr
