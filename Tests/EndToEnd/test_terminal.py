"""`make run` as people use it: in a terminal, ended by Ctrl-C. Nothing may be left behind."""
import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from node import BIN, ROOT, free_port_base

CTRL_C = b"\x03"
ROWS = 1_200
INTERRUPTED = (130, -signal.SIGINT, 2)  # by the shell's count, by the kernel's, and what make says of a recipe that ended with 130


class Terminal:
    """A command in a terminal of its own, whose foreground process group it is."""

    def __init__(self, *command, folder=ROOT):
        self.seen = b""
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvp(command[0], [str(word) for word in command])

    def wait_for(self, text, patience=120):
        """Reads what is printed until the text is among it."""
        deadline = time.monotonic() + patience
        while text.encode() not in self.seen:
            left = deadline - time.monotonic()
            assert left > 0 and self._read(left), f"no {text!r} in\n{self.seen.decode(errors='replace')}"

    def press(self, keys):
        os.write(self.master, keys)

    def wait_end(self, patience=90):
        """The exit status once everybody has let go of the terminal."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and self._read(deadline - time.monotonic()):
            pass
        while time.monotonic() < deadline:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = None
                os.close(self.master)
                return os.waitstatus_to_exitcode(status)
            select.select([], [], [], 0.05)
        raise AssertionError(f"still there after {patience} s:\n{self.seen.decode(errors='replace')}")

    def kill(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            os.close(self.master)

    def _read(self, patience):
        ready, _, _ = select.select([self.master], [], [], patience)
        if not ready:
            return False
        try:
            piece = os.read(self.master, 1 << 16)
        except OSError:  # EIO: nobody has the terminal open any more
            return False
        self.seen += piece
        return bool(piece)


def processes_of(folder):
    """Everything that names the folder in its words, its environment or as its own folder."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes() + os.fsencode(os.readlink(process / "cwd"))
            state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except (OSError, IndexError):
            continue
        if os.fsencode(str(folder)) in words and state != "Z":
            found.append((process.name, (process / "cmdline").read_bytes().replace(b"\0", b" ")))
    return found


@pytest.fixture
def run_in_terminal(workspace, request):
    """`make run` with the built programs, on a part of the bundled requests."""
    folder = workspace / f"terminal-{request.node.name}"
    started = []

    def start(*arguments):
        terminal = Terminal(
            "make", "--no-print-directory", "-o", "release", "run", f"BIN={BIN}", f"DATA={folder}", f"PORT_BASE={free_port_base()}",
            f"ARGS=--limit {ROWS} {' '.join(arguments)}")
        started.append(terminal)
        return terminal

    yield start, folder
    for terminal in started:
        terminal.kill()


def test_make_run_stays_up_and_ctrl_c_stops_it(run_in_terminal):
    start, folder = run_in_terminal
    terminal = start()
    terminal.wait_for("Ctrl-C stops the node")
    assert b"--sensors" in terminal.seen
    status = subprocess.run([BIN / "chengyun", "status", "--data", folder], capture_output=True, text=True, timeout=30)
    assert status.returncode == 0, status.stdout + status.stderr
    assert processes_of(folder)
    terminal.press(CTRL_C)
    terminal.wait_for("stopped")
    assert terminal.wait_end() in (0, *INTERRUPTED)
    assert processes_of(folder) == []


def test_a_second_ctrl_c_while_stopping_changes_nothing(run_in_terminal):
    start, folder = run_in_terminal
    terminal = start()
    terminal.wait_for("Ctrl-C stops the node")
    terminal.press(CTRL_C)
    terminal.wait_for("stopping")
    terminal.press(CTRL_C)
    terminal.press(CTRL_C)
    terminal.wait_for("stopped")
    assert terminal.wait_end() in (0, *INTERRUPTED)
    assert processes_of(folder) == []
    assert b"was killed" not in terminal.seen


def test_ctrl_c_in_the_middle_of_the_replay_and_the_next_run_goes_on(run_in_terminal):
    start, folder = run_in_terminal
    terminal = start()
    terminal.wait_for("windows of the data's time")
    terminal.wait_for("replay █")
    terminal.press(CTRL_C)
    terminal.wait_for("stopped")
    assert terminal.wait_end() in INTERRUPTED
    assert processes_of(folder) == []
    again = start("--once")
    again.wait_for("had been filed by an earlier run")
    assert again.wait_end() == 0
    assert processes_of(folder) == []


def test_ctrl_c_while_the_node_starts(run_in_terminal):
    start, folder = run_in_terminal
    terminal = start()
    terminal.wait_for("making a PostgreSQL cluster")
    terminal.press(CTRL_C)
    terminal.wait_for("stopped")
    assert terminal.wait_end() in INTERRUPTED
    assert processes_of(folder) == []


def test_a_terminal_that_is_closed_stops_the_node(workspace):
    """The kernel tells the first process of the terminal only: normally the shell, which tells its jobs; here the node itself."""
    folder = workspace / "terminal-closed"
    terminal = Terminal(BIN / "chengyun", "up", "--data", folder, "--port-base", free_port_base())
    terminal.wait_for("mutual TLS")
    os.close(terminal.master)
    deadline = time.monotonic() + 60
    while os.waitpid(terminal.pid, os.WNOHANG)[0] == 0 and time.monotonic() < deadline:
        select.select([], [], [], 0.1)
    assert processes_of(folder) == []


def test_clean_removes_the_node_and_refuses_while_it_runs(run_in_terminal):
    start, folder = run_in_terminal
    terminal = start()
    terminal.wait_for("Ctrl-C stops the node")

    def clean(*options):
        return subprocess.run([BIN / "chengyun", "clean", "--data", folder, *options], capture_output=True, text=True, timeout=60)

    refused = clean("--yes")
    assert refused.returncode == 1 and "stop it first" in refused.stderr
    terminal.press(CTRL_C)
    terminal.wait_for("stopped")
    terminal.wait_end()
    assert str(folder / "secrets") in clean().stdout and (folder / "secrets").exists()
    assert clean("--yes").returncode == 0
    assert not folder.exists()
