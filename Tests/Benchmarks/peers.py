"""The limits that the node is measured against, on the node's own PostgreSQL: a scratch schema, removed afterwards."""
import re
import subprocess
from contextlib import contextmanager

PGBENCH_CLIENTS = 64

# One report, as intake stores it, of the same size; the ids grow with time, as intake's do.
INSERT_REPORT = """INSERT INTO bench.reports (
  id, state, channel, kind, kind_version, text, address, longitude, latitude, district_code, street_code, community_code, case_id,
  duplicate_reason, duplicate_reason_en, reason, reason_en, external_ref, owner_department, owner_crew, urgent, sealed_name, sealed_phone,
  occurred_at, recorded_at)
SELECT id, 1, 1, 'bench-7', 'bench', '路口有暴露垃圾，已经三天没有清理，请尽快处理。', '和平路123号', 116.2 + 0.3 * random(), 39.8 + 0.3 * random(),
  '', '', '', id, '', '', '', '', 'bench-' || :client_id, '', '', false, '\\x{sealed}'::bytea, '\\x{sealed}'::bytea, now(), now()
FROM (SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 16, '0') || substr(md5(random()::text), 1, 16))::uuid AS id) new;
""".format(sealed="00" * 40)


@contextmanager
def scratch_schema(node):
    node.sql("DROP SCHEMA IF EXISTS bench CASCADE")
    node.sql("CREATE SCHEMA bench")
    # Same columns, checks and indexes; no foreign keys, which only the peer is spared.
    node.sql("CREATE TABLE bench.reports (LIKE intake.reports INCLUDING ALL)")
    node.sql("CREATE TABLE bench.readings (LIKE lifeline.readings INCLUDING ALL)")
    try:
        yield
    finally:
        node.sql("DROP SCHEMA bench CASCADE")


def inserts_per_second(dsn, folder, seconds):
    """Single-row durable inserts, prepared, each in its own transaction."""
    script = folder / "insert.sql"
    script.write_text(INSERT_REPORT)
    output = run(["pgbench", "-n", "-M", "prepared", "-c", str(PGBENCH_CLIENTS), "-j", "2", "-T", str(seconds), "-f", script, dsn])
    return float(re.search(r"tps = ([0-9.]+)", output).group(1))


def export_readings(dsn, file, sensors):
    """The rows that lifeline has stored of these sensors, as a file in PostgreSQL's binary format."""
    rows = f"SELECT sensor_id, at, value FROM lifeline.readings WHERE sensor_id IN (SELECT id FROM lifeline.sensors WHERE code LIKE '{sensors}-%')"
    run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", f"\\copy ({rows}) TO '{file}' WITH BINARY", dsn])


def copied_per_second(dsn, file):
    output = run(["psql", "-X", "-v", "ON_ERROR_STOP=1", "-c", "\\timing on", "-c", f"\\copy bench.readings FROM '{file}' WITH BINARY", dsn])
    rows = int(re.search(r"COPY (\d+)", output).group(1))
    return rows / (float(re.search(r"Time: ([0-9.]+) ms", output).group(1)) / 1_000)


def requests_per_second(url, message, requests):
    """h2load: 4 connections, 32 calls under way on each."""
    output = run([
        "h2load", "-c", "4", "-m", "32", "-n", str(requests), "-d", message, "-H", "content-type: application/grpc", "-H", "te: trailers", url])
    succeeded = int(re.search(r"(\d+) succeeded", output).group(1))
    if succeeded != requests:
        raise RuntimeError(f"{requests - succeeded} of {requests} calls failed: {output}")
    return float(re.search(r"([0-9.]+) req/s", output).group(1))


def run(words, timeout=600):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stderr[-400:] or done.stdout[-400:]}")
    return done.stdout
