#!/usr/bin/env python3
"""Counts a city's extract straight from the CSV, sharing no code with the platform, and prints what `chengyun report --json` must print.

  recount.py --mapping MAPPING --by department CSV          the figures as JSON
  recount.py --mapping MAPPING --by district --compare REPORT.json CSV
                                                            compares with a report; ends with 1 and a list when one figure differs
  recount.py --mapping MAPPING --placement CSV              agreement of the polygons with the stated columns

The mapping file is read for its data only: column names, translated values, time format, polygon files. The rules are written here anew:
  requests        rows that are taken (an id not seen before, a known status, a kind, readable times)
  closed          status closed or closed_duplicate;   cancelled, referred, open   by status
  closed_on_time  closed, a deadline is given, and the closing time is not after it (with end_of_day: not after that local day)
  median_hours    median of (closed - created) in hours over the closed; 0 where the source closed before it created
  district/street the first listed polygon that holds the point, else the stated column
Needs Python 3.9 and, for areas, shapely.
"""
import argparse
import csv
import datetime as dt
import gzip
import io
import json
import statistics
import sys
from collections import Counter, defaultdict
from pathlib import Path
from zoneinfo import ZoneInfo

FIGURES = ["requests", "closed", "closed_on_time", "cancelled", "referred", "open", "median_hours_to_close"]
PYTHON_FORMATS = {
    "MM/dd/yyyy hh:mm:ss a": "%m/%d/%Y %I:%M:%S %p",
    "yyyy-MM-dd HH:mm:ss": "%Y-%m-%d %H:%M:%S",
    "yyyy-MM-dd HH:mm": "%Y-%m-%d %H:%M",
    "yyyy-MM-dd": "%Y-%m-%d",
    "yyyy-MM-dd'T'HH:mm:ssZ": "%Y-%m-%dT%H:%M:%S%z",
}


def opened(path):
    raw = gzip.open(path, "rb") if str(path).endswith(".gz") else open(path, "rb")
    return io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")


def column_names(node):
    """A time or a list of columns, however the mapping writes it."""
    if isinstance(node, dict):
        node = node["column"]
    return [node] if isinstance(node, str) else list(node)


def first_value(row, node):
    for name in column_names(node):
        if row[name].strip():
            return row[name].strip()
    return ""


class Mapping:
    def __init__(self, path):
        self.folder = Path(path).parent
        self.data = json.loads(Path(path).read_text(encoding="utf-8"))
        self.zone = ZoneInfo(self.data["time_zone"])

    def time(self, row, name):
        node = self.data["times"].get(name)
        if node is None:
            return None
        text = first_value(row, node)
        if not text:
            return None
        pattern = node.get("format") if isinstance(node, dict) else None
        read = dt.datetime.strptime(text, PYTHON_FORMATS[pattern or self.data["times"]["format"]])
        return read if read.tzinfo else read.replace(tzinfo=self.zone)

    def code(self, row, name):
        node = self.data.get(name)
        if node is None:
            return ""
        if isinstance(node, str):
            return row[node].strip()
        raw = row[node["column"]].strip() if "column" in node else ""
        return node.get("values", {}).get(raw, raw or node.get("default", ""))

    def channel(self, row):
        node = self.data["channel"]
        raw = row[node["column"]].strip() if "column" in node else ""
        return node.get("values", {}).get(raw) or node.get("default")

    def status(self, row):
        node = self.data["status"]
        return node["values"].get(row[node["column"]].strip()) or node.get("default")

    def point(self, row):
        """The point, and whether coordinates are given that nobody can believe."""
        place = self.data.get("place", {})
        if "longitude" not in place:
            return None, False
        x, y = row[place["longitude"]].strip(), row[place["latitude"]].strip()
        if not x and not y:
            return None, False
        try:
            x, y = float(x), float(y)
        except ValueError:
            return None, True
        box = place.get("valid")
        inside = not box or (box["west"] <= x <= box["east"] and box["south"] <= y <= box["north"])
        on_earth = abs(x) <= 180 and abs(y) <= 90 and (x, y) != (0, 0)
        if not inside or not on_earth or [x, y] in place.get("unknown", []):
            return None, True
        return (x, y), False

    def stated(self, row, tier):
        name = self.data.get("place", {}).get(tier)
        return row[name].strip() if name else ""


class Areas:
    """The polygons of one tier, in the order of their file."""

    def __init__(self, mapping, tier):
        self.shapes = []
        for node in mapping.data.get("divisions", []):
            if node["tier"] == tier:
                self.load(mapping.folder / node["file"], node["code"])

    def load(self, path, code):
        from shapely.geometry import shape
        from shapely.prepared import prep

        with opened(path) as file:
            for feature in json.load(file)["features"]:
                geometry = shape(feature["geometry"])
                self.shapes.append((str(feature["properties"][code]), geometry.bounds, prep(geometry)))

    def holding(self, point):
        from shapely.geometry import Point

        here = Point(point)
        x, y = point
        for code, (west, south, east, north), polygon in self.shapes:
            if west <= x <= east and south <= y <= north and polygon.intersects(here):
                return code
        return None


def rows_taken(mapping, path):
    """Rows that make sense, with what the figures need of each."""
    seen = set()
    with opened(path) as file:
        reader = csv.reader(file, delimiter=mapping.data.get("delimiter", ","))
        header = [name.strip() for name in next(reader)]
        for fields in reader:
            if len(fields) != len(header):
                continue
            row = dict(zip(header, fields))
            key, status = row[mapping.data["id"]].strip(), mapping.status(row)
            try:
                created, due = mapping.time(row, "created"), mapping.time(row, "due")
                ended = mapping.time(row, "ended") if status != "open" else None
            except ValueError:
                continue
            known = key and key not in seen and status and created and mapping.code(row, "kind") and mapping.channel(row)
            if known and (status == "open" or ended):
                seen.add(key)
                yield row, status, created, due, ended


def is_on_time(mapping, due, ended):
    if due is None:
        return False
    node = mapping.data["times"]["due"]
    if isinstance(node, dict) and node.get("end_of_day"):
        return ended.astimezone(mapping.zone).date() <= due.astimezone(mapping.zone).date()
    return ended <= due


def group_of(mapping, areas, dimension, row):
    if dimension == "everything":
        return ""
    if dimension == "channel":
        return mapping.channel(row)
    if dimension in ("district", "street", "community"):
        point, doubted = mapping.point(row)
        if doubted and mapping.data["place"].get("doubt_unplaces"):
            return ""
        found = areas.holding(point) if point else None
        return found or mapping.stated(row, dimension)
    if dimension == "crew":
        return mapping.code(row, "crew") if mapping.code(row, "owner") else ""
    return mapping.code(row, "owner" if dimension == "department" else dimension)


def count(mapping, dimension, path):
    areas = Areas(mapping, dimension)
    groups = defaultdict(Counter)
    hours = defaultdict(list)
    for row, status, created, due, ended in rows_taken(mapping, path):
        group = group_of(mapping, areas, dimension, row)
        groups[group]["requests"] += 1
        outcome = "closed" if status == "closed_duplicate" else status
        groups[group][outcome] += 1
        if outcome == "closed":
            groups[group]["closed_on_time"] += is_on_time(mapping, due, ended)
            seconds = (ended.astimezone(dt.timezone.utc) - created.astimezone(dt.timezone.utc)).total_seconds()
            hours[group].append(max(seconds, 0) / 3600)
    return [
        {"group": group}
        | {name: groups[group][name] for name in FIGURES[:-1]}
        | {"median_hours_to_close": statistics.median(hours[group]) if hours[group] else None}
        for group in sorted(groups)
    ]


def differences(expected, report):
    """Sentences for every figure that is not the same; groups without any request may be absent."""
    found = {row["group"]: row for row in report["groups"]}
    wanted = {row["group"]: row for row in expected}
    for group in sorted(set(found) | set(wanted)):
        if group not in found or group not in wanted:
            row = found.get(group) or wanted.get(group)
            if row["requests"]:
                yield f'group "{group}" ({row["requests"]} requests) stands only in the {"report" if group in found else "recount"}'
            continue
        for name in FIGURES:
            one, other = wanted[group][name], found[group][name]
            same = one == other if None in (one, other) or name != "median_hours_to_close" else abs(one - other) < 1e-6
            if not same:
                yield f'group "{group}", {name}: recount {one}, report {other}'


def print_placement(mapping, path):
    """How far polygons and stated columns agree where a polygon holds the point."""
    for tier in ("district", "street"):
        areas, agree, differ, outside = Areas(mapping, tier), 0, 0, 0
        for row, *_ in rows_taken(mapping, path):
            point, _ = mapping.point(row)
            if point is None:
                continue
            found = areas.holding(point)
            outside += found is None
            if found is not None:
                agree += found == mapping.stated(row, tier)
                differ += found != mapping.stated(row, tier)
        share = agree / max(agree + differ, 1)
        print(f"{tier}: {agree} of {agree + differ} agree ({share:.2%}), {outside} points lie in no polygon")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv")
    parser.add_argument("--mapping", required=True)
    parser.add_argument("--by", default="department",
                        choices=["everything", "district", "street", "community", "department", "crew", "kind", "channel"])
    parser.add_argument("--compare", metavar="REPORT.json", help="'-' reads standard input")
    parser.add_argument("--placement", action="store_true")
    arguments = parser.parse_args()
    mapping = Mapping(arguments.mapping)
    if arguments.placement:
        print_placement(mapping, arguments.csv)
        return 0
    groups = count(mapping, arguments.by, arguments.csv)
    if not arguments.compare:
        json.dump({"by": arguments.by, "groups": groups}, sys.stdout, ensure_ascii=False, indent=2)
        print()
        return 0
    with (sys.stdin if arguments.compare == "-" else open(arguments.compare, encoding="utf-8")) as file:
        wrong = list(differences(groups, json.load(file)))
    for sentence in wrong:
        print(sentence)
    figures = sum(len(FIGURES) for _ in groups)
    print(f"{arguments.by}: {len(groups)} groups, {figures} figures, {len(wrong)} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
