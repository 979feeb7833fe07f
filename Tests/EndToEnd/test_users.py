"""The people who sign in: a new node's first administrator, and what the operator does from a terminal."""
import json
import re
import stat
import threading
import time

import pytest

from node import running_node

ONE_TIME = r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}"


@pytest.fixture(scope="module")
def node(workspace):
    with running_node(workspace / "users") as node:
        yield node


def user(node, *arguments, check=True):
    return node.run("admin", "user", *arguments, check=check)


def wait_for(file, node):
    """`up` writes it once the services are healthy, which is when they are asked for the users."""
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline, node.tail()
        threading.Event().wait(0.1)
    return file


def test_a_new_node_has_one_administrator_whose_password_is_in_a_file_of_its_own(node):
    file = wait_for(node.folder / "secrets" / "first-administrator.json", node)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first = json.loads(file.read_text())
    assert first["name"] == "admin" and re.fullmatch(ONE_TIME, first["one_time_password"])
    assert user(node, "list").stdout.startswith("admin (管理员): administrator, must change the password")
    for log in (node.folder / "log").iterdir():
        assert first["one_time_password"] not in log.read_text(errors="replace"), log


def test_users_are_added_disabled_and_given_new_passwords(node):
    wait_for(node.folder / "secrets" / "first-administrator.json", node)
    added = user(node, "add", "wang", "--display-name", "王五", "--role", "acceptor", "--role", "checker").stdout
    assert re.search(f"one-time password {ONE_TIME}", added)
    again = user(node, "add", "wang", "--role", "acceptor", check=False)
    assert again.returncode == 65 and "taken" in again.stderr
    assert user(node, "add", "li", "--role", "king", check=False).returncode == 64
    assert user(node, "add", "li", "--role", "crew", check=False).returncode == 65
    user(node, "disable", "wang")
    assert "wang (王五): acceptor, checker, disabled" in user(node, "list").stdout
    user(node, "disable", "wang", "--undo")
    assert "disabled" not in user(node, "list").stdout
    assert re.search(ONE_TIME, user(node, "reset-password", "wang", "--remove-second-factor").stdout)
    assert user(node, "reset-password", "nobody", check=False).returncode == 65
    last = user(node, "disable", "admin", check=False)
    assert last.returncode == 65 and "administrator" in last.stderr
    assert user(node, "sessions").stdout == ""
    assert node.sql("SELECT count(*) FROM dispatch.audit WHERE action = 'user_created' AND account_name = 'operator'") == "2"
