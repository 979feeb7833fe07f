"""The console, on a node of its own with a replayed city and a million cases more."""
import asyncio
import os
import sys
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import peers
from node import EXTRACT, LOS_ANGELES, ROOT, running_node
from results import percentile

sys.path.insert(0, str(ROOT / "Tests" / "Browser"))

FILL = Path(__file__).with_name("million_cases.sql")
FILL_PATIENCE_S = 1_800
# Sessions of one person: fifty operators are a few people, each at several desks.
SESSIONS = 5
SQL_SECONDS = 10

# What dispatch asks its table for when somebody lists cases, by pgbench: the first page of four usual lists.
LISTS = [
    "SELECT * FROM dispatch.cases WHERE state < 7 ORDER BY filed_at DESC, id DESC LIMIT 51",
    "SELECT * FROM dispatch.cases WHERE state < 7 AND overdue ORDER BY due_order, id LIMIT 51",
    "SELECT * FROM dispatch.cases WHERE district_code = 'd' || :sixteenth AND state < 7 ORDER BY filed_at DESC, id DESC LIMIT 51",
    "SELECT * FROM dispatch.cases WHERE department = 'p' || :fortieth AND state < 7 ORDER BY filed_at DESC, id DESC LIMIT 51",
]
# A map tile as PostGIS makes it, from a table of nothing but the open cases with an index on their places: clusters on a grid below zoom 12.
TILE = """\\set zoom random(9, 15)
WITH place AS (SELECT public.ST_TileEnvelope(
  :zoom, floor((-118.35 + (random() + random() + random() - 1.5) * 0.35 + 180) / 360 * 2 ^ :zoom)::int,
  floor((1 - asinh(tan(radians(34.05 + (random() + random() + random() - 1.5) * 0.3))) / pi()) / 2 * 2 ^ :zoom)::int) AS square)
SELECT public.ST_AsMVT(tile, 'cases', 4096, 'point') FROM (
  SELECT public.ST_AsMVTGeom(public.ST_Centroid(public.ST_Collect(point)), square) AS point, count(*) AS count,
    count(*) FILTER (WHERE overdue) AS overdue, CASE WHEN :zoom < 12 THEN '' ELSE max(number) END AS number
  FROM place JOIN bench.open_cases ON point && square
  GROUP BY square, CASE WHEN :zoom < 12 THEN public.ST_SnapToGrid(point, 40075016.7 / 2 ^ :zoom / 32)::text ELSE number END
) AS tile
"""


def measure(results, scale, folder):
    # The services find the pages beside them in the tree; elsewhere they are told.
    os.environ.setdefault("CHENGYUN_WEB", str(ROOT / "Services" / "Console" / "Web"))
    os.environ.setdefault("CHENGYUN_ASSETS", str(ROOT / ".chengyun" / "assets"))
    with running_node(folder / "city", "--city", "los-angeles") as node:
        node.run("replay", "--mapping", LOS_ANGELES / "mapping.json", EXTRACT)
        fill(node)
        console(results, scale, node, folder)


def console(results, scale, node, folder):
    """All of it, on a node that holds the million cases already."""
    url = node.status()["console"]["url"].rstrip("/")
    people = sign_in(node, url)
    attempt(results, "console.case_list_p99_ms", operators_at_work, results, scale, url, people)
    attempt(results, "console.case_list_sql_p99_ms", bare_sql, results, node, folder)
    import screens
    with screens.chromium() as browser:
        attempt(results, "console.first_view_kb", first_view, results, browser, url, people[0])
        attempt(results, "console.live_update_p99_ms", live_updates, results, scale, browser, url, people[0])
        attempt(results, "console.pan_fps", pan, results, scale, browser, url, people[0])


def attempt(results, name, measure, *arguments):
    """One that fails does not stop the others."""
    try:
        measure(*arguments)
    except (Exception, AssertionError) as error:
        results.fail(name, error)


def fill(node):
    """As the cluster's owner, into dispatch's schema."""
    dsn = node.status()["postgres"]["dsn"]
    words = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", dsn, "-c", "SET search_path = dispatch, public", "-f", FILL]
    peers.run(words, timeout=FILL_PATIENCE_S)
    node.sql("CHECKPOINT")


def sign_in(node, url):
    """Fifty sessions."""
    import operators
    from people import PASSWORD, Person, create
    people, run = [], uuid.uuid4().hex[:6]
    while len(people) < operators.OPERATORS:
        name = f"operator-{run}-{len(people)}"
        create(node, url, name, "--role", "centre")
        for _ in range(SESSIONS):
            people.append(Person(url, name))
            answer = people[-1].sign_in(PASSWORD)
            if answer.status_code != 200:
                raise RuntimeError(f"signing in was answered with {answer.status_code}: {answer.text[:200]}")
    return people


def operators_at_work(results, scale, url, people):
    import operators
    address = (urlsplit(url).hostname, urlsplit(url).port)
    cookies = [f"chengyun_session={person.cookies()[0]['value']}" for person in people]
    measured = asyncio.run(operators.run(address, cookies, scale.operator_seconds))
    results.add("console.case_list_p50_ms", percentile(measured.lists, 50), "ms")
    results.add("console.case_list_p99_ms", percentile(measured.lists, 99), "ms")
    results.add("console.tile_p50_ms", percentile(measured.tiles, 50), "ms")
    results.add("console.tile_p99_ms", percentile(measured.tiles, 99), "ms")
    results.add("console.screen_of_tiles_p99_ms", percentile(measured.screens, 99), "ms")
    results.add("console.tile_mean_kb", sum(measured.tile_bytes) / len(measured.tile_bytes) / 1_000, "kB")
    results.add("console.http_floor_p99_ms", percentile(measured.floor, 99), "ms")
    results.add("console.case_list_ratio_to_http_floor", percentile(measured.lists, 99) / percentile(measured.floor, 99), "ratio")
    results.add("console.tile_ratio_to_http_floor", percentile(measured.tiles, 99) / percentile(measured.floor, 99), "ratio")
    print(f"{len(measured.lists)} lists, {len(measured.tiles)} tiles in {scale.operator_seconds} s", flush=True)


def bare_sql(results, node, folder):
    """The same machine, nobody else asking: statements for lists at the operators' pace, and tiles by PostGIS, one after the other."""
    dsn = node.status()["postgres"]["dsn"]
    with bench_table(node):
        drawn = "\\set sixteenth random(0, 15)\n\\set fortieth random(0, 39)\n"
        lists = pgbench(dsn, folder, [drawn + statement + ";\n" for statement in LISTS], "-c", "8", "-R", "12")
        results.add("console.case_list_sql_p99_ms", percentile(lists, 99), "ms")
        tiles = pgbench(dsn, folder, [TILE], "-c", "1")
        results.add("console.tile_postgis_p50_ms", percentile(tiles, 50), "ms")
        results.add("console.tile_postgis_p99_ms", percentile(tiles, 99), "ms")


@contextmanager
def bench_table(node):
    node.sql("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench")
    try:
        node.sql(
            "CREATE TABLE bench.open_cases AS SELECT number, overdue, public.ST_Transform(public.ST_SetSRID("
            "public.ST_MakePoint(longitude, latitude), 4326), 3857) AS point FROM dispatch.cases WHERE state < 7 AND longitude IS NOT NULL")
        node.sql("CREATE INDEX ON bench.open_cases USING gist (point)")
        node.sql("VACUUM ANALYZE bench.open_cases")
        yield
    finally:
        node.sql("DROP SCHEMA bench CASCADE")


def pgbench(dsn, folder, scripts, *options):
    """Milliseconds of each transaction."""
    logs = folder / "pgbench"
    logs.mkdir(exist_ok=True)
    words = ["pgbench", "-n", "-j", "1", "-T", str(SQL_SECONDS), "-l", "--log-prefix", logs / "log", *options]
    for number, script in enumerate(scripts):
        file = folder / f"script{number}.sql"
        file.write_text(script)
        words += ["-f", file]
    peers.run([*words, dsn])
    times = []
    for log in logs.iterdir():
        times += [int(line.split()[2]) / 1_000 for line in log.read_text().splitlines()]
        log.unlink()
    return times


def first_view(results, browser, url, person):
    import screens
    sizes = screens.first_view(browser, url, person)
    parts = {"vendor": 0, "assets": 0, "api": 0}
    for address, size in sizes.items():
        part = urlsplit(address).path.split("/")[1]
        parts[part if part in parts else "assets"] += size
    results.add("console.first_view_kb", sum(sizes.values()) / 1_000, "kB")
    for part, size in parts.items():
        results.add(f"console.first_view_{part}_kb", size / 1_000, "kB")
    print(f"{len(sizes)} requests", flush=True)


def live_updates(results, scale, browser, url, person):
    import screens
    times = screens.live_updates(browser, url, person, scale.live_reports)
    results.add("console.live_update_p50_ms", percentile(times, 50), "ms")
    results.add("console.live_update_p99_ms", percentile(times, 99), "ms")


def pan(results, scale, browser, url, person):
    """With all open cases, and over a map without any, by turns: what this machine can draw at all."""
    import screens
    full, empty = [], []
    for _ in range(scale.rounds):
        empty += screens.pan(browser, url, person, scale.pan_seconds, tiles=False)
        full += screens.pan(browser, url, person, scale.pan_seconds, tiles=True)
    fps, limit = (1_000 * len(times) / sum(times) for times in (full, empty))
    results.add("console.pan_fps", fps, "fps")
    results.add("console.pan_frame_p95_ms", percentile(full, 95), "ms")
    results.add("console.pan_empty_map_fps", limit, "fps")
    results.add("console.pan_ratio_to_empty_map", fps / limit, "ratio")
