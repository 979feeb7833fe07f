"""People of the test city: users made by the operator's command, signed in as the console does it."""
import itertools
import re
import subprocess
import threading
import time
import uuid

import requests

from node import BIN

PASSWORD = "correct horse battery staple 7"
ROLES = ["centre", "dispatcher", "acceptor", "checker", "supervisor", "evaluator", "department", "crew", "administrator", "auditor"]


# Everybody comes from a loopback address of his own: strangers are counted by address.
ADDRESSES = itertools.count(2)


class Adapter(requests.adapters.HTTPAdapter):
    def init_poolmanager(self, *arguments, **options):
        number = next(ADDRESSES)
        super().init_poolmanager(*arguments, source_address=(f"127.0.{number // 250 + 1}.{number % 250 + 1}", 0), **options)


class Person:
    """Somebody with a browser session at the console, without the browser."""

    def __init__(self, url, name=None):
        self.url, self.name = url, name
        self.http = requests.Session()
        self.http.mount("http://", Adapter())
        self.csrf = self.get("/api/session").json()["csrf"]

    def get(self, path, **options):
        return self.http.get(self.url + path, timeout=30, **options)

    def send(self, method, path, body, csrf=True):
        headers = {"X-CSRF-Token": self.csrf} if csrf is True else {"X-CSRF-Token": csrf} if csrf else {}
        return self.http.request(method, self.url + path, json=body, headers=headers, timeout=30)

    def post(self, path, body, **options):
        return self.send("POST", path, body, **options)

    def sign_in(self, password=PASSWORD, code=None):
        answer = self.post("/api/session", {"name": self.name, "password": password, **({"code": code} if code else {})})
        if answer.status_code < 300:
            self.csrf = self.get("/api/session").json()["csrf"]
        return answer

    def cookies(self):
        """For a browser context."""
        return [{"name": cookie.name, "value": cookie.value, "url": self.url} for cookie in self.http.cookies]


def create(node, url, name, *options):
    """Makes a user and gives him a password of his own, as his first sign-in does."""
    done = subprocess.run(
        [BIN / "chengyun", "admin", "user", "add", "--data", node.folder, name, *options], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    once = re.search(r"one-time password (\S+)", done.stdout).group(1)
    person = Person(url, name)
    assert person.sign_in(once).status_code < 300
    changed = person.post("/api/session/password", {"old": once, "new": PASSWORD})
    assert changed.status_code < 300, changed.text
    return PASSWORD


def eventually(ask, patience=30):
    """Asks until the answer is good: what one service was told, the others know a moment later."""
    deadline = time.monotonic() + patience
    while (answer := ask()).status_code != 200 and time.monotonic() < deadline:
        threading.Event().wait(0.1)
    return answer


def key():
    return str(uuid.uuid4())
