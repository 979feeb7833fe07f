"""One function a benchmark. Each measures; none asserts."""
import itertools
import json
import os
import re
import signal
import statistics
import subprocess
import threading
import time
from contextlib import contextmanager, nullcontext, suppress

import grpc

import peers
from node import BIN, SERVICES

# Reports under way at a time, as many as pgbench has clients.
CLIENTS = 64
LATENCY_RATE = 200
# More than one load sends: no two send the same report.
REPORTS_OF_A_TURN = 10_000_000
turns = itertools.count()
# No load takes so long, its preparation included.
LOAD_PATIENCE = 300
SENSORS = 200
STREAMS = 2
ECHO_BYTES = 100


class Scale:
    """How long and how often: full, or --quick."""

    def __init__(self, quick):
        self.rounds = 1 if quick else 3
        self.seconds = 5 if quick else 15
        self.latency_seconds = 20 if quick else 30
        self.readings = 400_000 if quick else 2_000_000
        self.calls = 100_000 if quick else 400_000
        self.starts = 1 if quick else 3
        self.operator_seconds = 15 if quick else 60
        self.live_reports = 30 if quick else 240
        self.pan_seconds = 6 if quick else 12


def rpc_unary(results, scale, folder):
    """Unary calls on one reactor; limits, access rules, metadata, interceptor and health in place; plain text."""
    with echo_server() as port:
        message = bytes([0]) + ECHO_BYTES.to_bytes(4, "big") + bytes(ECHO_BYTES)
        check_echo(port)
        file = folder / "echo.bin"
        file.write_bytes(message)
        url = f"http://127.0.0.1:{port}/bench.Echo/Echo"
        peers.requests_per_second(url, file, scale.calls // 10)
        results.add("rpc.unary_per_s", statistics.median(peers.requests_per_second(url, file, scale.calls) for _ in range(3)), "calls/s")


def intake_durable(results, scale, node, folder):
    """Reports over mutual TLS, answered when durable, and PostgreSQL's own single-row inserts, by turns in one run. Intake with the
    machine to itself, as pgbench has it; and beside the services that consume its facts on the same cores."""
    dsn = node.status()["postgres"]["dsn"]
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        if node.sql(f"SHOW {setting}") != "on":
            raise RuntimeError(f"{setting} is off: nothing here would be durable")
    clients = ["--clients", CLIENTS, "--connections", CLIENTS, "--seconds", scale.seconds]
    others = [service for service in SERVICES if service != "intake"]
    alone, beside, inserts = [], [], []
    for _ in range(scale.rounds):
        settle(node)
        inserts.append(peers.inserts_per_second(dsn, folder, scale.seconds))
        settle(node)
        alone.append(load(node, "intake", *clients, during=stopped(node, others)))
        settle(node)
        beside.append(load(node, "intake", *clients))
    limit = statistics.median(inserts)
    reports = statistics.median(figures["reports_per_s"] for figures in alone)
    results.add("intake.durable_reports_per_s", reports, "reports/s")
    results.add("intake.submit_p99_ms", statistics.median(figures["p99_ms"] for figures in alone), "ms")
    results.add("intake.pgbench_inserts_per_s", limit, "inserts/s")
    results.add("intake.durable_ratio_to_pgbench", reports / limit, "ratio")
    reports = statistics.median(figures["reports_per_s"] for figures in beside)
    results.add("intake.beside_all_services_per_s", reports, "reports/s")
    results.add("intake.beside_all_services_ratio_to_pgbench", reports / limit, "ratio")


def report_to_dispatched(results, scale, node):
    """From the instant a report is due to leave until a subscriber of dispatch's log reads that its case is dispatched; open loop."""
    settle(node)
    figures = load(node, "latency", "--rate", LATENCY_RATE, "--seconds", scale.latency_seconds)
    results.add("report_to_dispatched_p50_ms", figures["p50_ms"], "ms")
    results.add("report_to_dispatched_p99_ms", figures["p99_ms"], "ms")


def lifeline_readings(results, scale, node, folder):
    """Readings by client stream, answered when durable, and psql's COPY BINARY of the same rows from a file, by turns in one run."""
    status = node.status()
    dsn, tls = status["postgres"]["dsn"], status["tls"]
    readings, copies = [], []
    for turn in range(scale.rounds):
        settle(node)
        sensors = f"bench{turn}"
        output = peers.run([
            BIN / "lifeline-ingest-bench", status["services"]["lifeline"]["address"], tls["ca"], tls["client_cert"], tls["client_key"],
            SENSORS, scale.readings, STREAMS, sensors])
        readings.append(float(re.search(r"lifeline\.readings_per_s (\d+)", output).group(1)))
        file = folder / "readings.bin"
        peers.export_readings(dsn, file, sensors)
        settle(node)
        copies.append(peers.copied_per_second(dsn, file))
        file.unlink()
    results.add("lifeline.readings_per_s", statistics.median(readings), "readings/s")
    results.add("lifeline.copy_rows_per_s", statistics.median(copies), "rows/s")
    results.add("lifeline.readings_ratio_to_copy", statistics.median(readings) / statistics.median(copies), "ratio")


def memory(results, node):
    """Resident sets after everything else."""
    for service in SERVICES:
        pid = node.status()["services"][service]["pid"]
        with open(f"/proc/{pid}/statm") as statm:
            pages = int(statm.read().split()[1])
        results.add(f"memory.{service}_mb", pages * os.sysconf("SC_PAGE_SIZE") / 2**20, "MB")


def healthy(results, scale, node):
    """From `chengyun up` on the data directory that the other benchmarks filled until `status` says that all are healthy."""
    times = []
    for _ in range(scale.starts):
        node.stop()
        began = time.monotonic()
        node.start()
        times.append(time.monotonic() - began)
    results.add("node.healthy_s", statistics.median(times), "s")


def load(node, mode, *options, during=nullcontext()):
    """Sends reports that nobody sent before; `during` is entered when all is prepared, and left when the last report is answered."""
    status = node.status()
    tls, services = status["tls"], status["services"]
    words = [
        BIN / "load-bench", "--wait", "--mode", mode, "--first", next(turns) * REPORTS_OF_A_TURN,
        "--intake", services["intake"]["address"], "--dispatch", services["dispatch"]["address"],
        "--ca", tls["ca"], "--cert", tls["client_cert"], "--key", tls["client_key"], *options]
    sender = subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    overdue = threading.Timer(LOAD_PATIENCE, sender.kill)
    overdue.start()
    try:
        first = sender.stdout.readline()
        if first != "ready\n":
            raise RuntimeError(f"load-bench was not ready: {first}{sender.communicate()[0]}")
        with during:
            figures, _ = sender.communicate("go\n")
        if sender.returncode != 0:
            raise RuntimeError(f"load-bench ended with {sender.returncode}: {figures}")
        return json.loads(figures)
    finally:
        overdue.cancel()
        sender.kill()
        sender.wait()


@contextmanager
def stopped(node, services):
    """These processes of the node stand still meanwhile (SIGSTOP). Afterwards the same ones go on, and are healthy again."""
    running = node.status()["services"]
    before = {service: running[service]["pid"] for service in services}
    try:
        for pid in before.values():
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in before.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
    after = node.wait_healthy()["services"]
    if replaced := [service for service in services if after[service]["pid"] != before[service]]:
        raise RuntimeError(f"started again instead of standing still: {', '.join(replaced)}")


def settle(node, patience=300):
    """Until every service has applied what the others said, and PostgreSQL has written its pages: no measure pays for the one before it."""
    deadline = time.monotonic() + patience
    while behind := unapplied(node):
        if time.monotonic() > deadline:
            raise RuntimeError(f"still behind after {patience} s: {behind}")
        threading.Event().wait(0.5)
    node.sql("CHECKPOINT")


def unapplied(node):
    """Consumers that have not reached the end of a source's log."""
    consumers = node.sql(
        "SELECT table_schema FROM information_schema.tables WHERE table_name = 'event_cursors' AND table_schema <> 'bench'").split()
    cursors = " UNION ALL ".join(f"SELECT '{schema}' AS consumer, source, xid, id FROM {schema}.event_cursors" for schema in consumers)
    heads = " UNION ALL ".join(
        f"(SELECT '{name}' AS source, xid, id FROM {name}.events ORDER BY xid DESC, id DESC LIMIT 1)" for name in consumers)
    return node.sql(
        f"SELECT consumer || ' of ' || source FROM ({cursors}) cursor JOIN ({heads}) log USING (source) "
        "WHERE (log.xid, log.id) > (cursor.xid, cursor.id)")


@contextmanager
def echo_server():
    server = subprocess.Popen([BIN / "rpc-echo-bench"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        yield int(server.stdout.readline())
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        server.stdout.close()


def check_echo(port):
    """h2load looks at HTTP's status only; a gRPC client says whether calls really succeed."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        if channel.unary_unary("/bench.Echo/Echo")(b"echo", timeout=10) != b"echo":
            raise RuntimeError("the echo server answered something else")
