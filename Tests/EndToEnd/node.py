"""A real node for a test: processes of its own on ports of its own, in a folder of its own."""
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("CHENGYUN_BIN", ROOT / ".build" / "debug"))
EXAMPLES = ROOT / "Services" / "Chengyun" / "Examples"
LOS_ANGELES = EXAMPLES / "los-angeles"
EXTRACT = LOS_ANGELES / "requests_2017-12.csv.gz"
RECOUNT = ROOT / "Tests" / "EndToEnd" / "recount" / "recount.py"
SERVICES = ["intake", "dispatch", "lifeline", "evaluation", "feedback"]


given_bases = set()


def free_port_base():
    """Six neighbouring ports that nobody uses just now, nor is about to."""
    for base in range(21000 + os.getpid() % 20000, 60000, 10):
        if base in given_bases:
            continue
        held = []
        try:
            for port in range(base, base + 7):
                held.append(socket.socket())
                held[-1].bind(("127.0.0.1", port))
            given_bases.add(base)
            return base
        except OSError:
            continue
        finally:
            for one in held:
                one.close()
    raise RuntimeError("no free ports")


class Node:
    def __init__(self, folder, *options, time_zone="America/Los_Angeles"):
        self.folder = Path(folder)
        self.port_base = free_port_base()
        self.options = ["--port-base", str(self.port_base), "--time-zone", time_zone, *options]
        self.process = None

    def start(self, patience=120):
        self.log = open(self.folder.parent / f"{self.folder.name}.up.log", "ab")
        self.process = subprocess.Popen(
            [BIN / "chengyun", "up", "--data", self.folder, *self.options], stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        return self.wait_healthy(patience)

    def wait_healthy(self, patience=120):
        """Asks `status` until it says healthy; each question is answered by the services themselves."""
        deadline = time.monotonic() + patience
        while True:
            answer = self.run("status", "--json", check=False)
            if answer.returncode == 0:
                return json.loads(answer.stdout)
            if self.process and self.process.poll() is not None:
                raise AssertionError(f"`chengyun up` ended with {self.process.returncode}:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"not healthy in {patience} s: {answer.stdout}{answer.stderr}\n{self.tail()}")
            threading.Event().wait(0.2)

    def run(self, *arguments, check=True, timeout=600):
        command, *rest = arguments
        words = [BIN / "chengyun", command]
        if rest and command in ("case", "clock", "admin"):
            words.append(rest.pop(0))
        if words[-1] == "user":
            words.append(rest.pop(0))
        done = subprocess.run(
            [*words, "--data", self.folder, *map(str, rest)], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise AssertionError(f"chengyun {' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    def status(self):
        return json.loads(self.run("status", "--json").stdout)

    def report(self, by):
        return json.loads(self.run("report", "--json", "--by", by).stdout)

    def sql(self, statement):
        done = subprocess.run(
            ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.status()["postgres"]["dsn"], "-c", statement],
            capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.strip()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)
        self.log.close()
        return self.process.returncode

    def tail(self):
        logs = [self.folder.parent / f"{self.folder.name}.up.log", *sorted((self.folder / "log").glob("*.log"))]
        return "\n".join(f"== {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-15:]) for log in logs if log.exists())

    def left_behind(self):
        """Processes of this node that still run."""
        found = subprocess.run(["pgrep", "-fa", str(self.folder)], capture_output=True, text=True).stdout.splitlines()
        return [line for line in found if "pgrep" not in line]


@contextmanager
def running_node(folder, *options, **settings):
    node = Node(folder, *options, **settings)
    try:
        node.start()
        yield node
    finally:
        node.stop()


def recount(mapping, csv, by):
    done = subprocess.run(
        [sys.executable, RECOUNT, "--mapping", mapping, "--by", by, csv], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def first_rows(count, path):
    """The extract's header and its first rows, as --limit takes them."""
    if not path.exists():
        with gzip.open(EXTRACT, "rt") as rows:
            path.write_text("".join(line for _, line in zip(range(count + 1), rows)))
    return path


def by_group(report):
    return {row["group"]: {name: value for name, value in row.items() if name != "group"} for row in report["groups"]}


def assert_same_figures(report, counted):
    """Every group and every figure; medians to a second."""
    ours, theirs = by_group(report), by_group(counted)
    assert ours.keys() == theirs.keys()
    for group in theirs:
        for name, value in theirs[group].items():
            mine = ours[group][name]
            same = mine == value if value is None or mine is None else abs(mine - value) < 1 / 3600
            assert same, f"{report['by']} {group!r} {name}: {mine} here, {value} in the recount"
