"""People of the test city, signed in as the console's pages do it."""
import base64
import itertools
import json
import re
import threading
import time
import uuid

import requests

PASSWORD = "correct horse battery staple 7"

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
        self.session = self.get("/api/session").json()
        self.csrf = self.session["csrf"]

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
            self.session = answer.json()
            self.csrf = self.session["csrf"]
        return answer

    def events(self, path):
        """The names and data of a stream's events, as they come. Ends when the generator is closed."""
        with self.http.get(self.url + path, stream=True, timeout=60) as answer:
            assert answer.status_code == 200, answer.text
            name = None
            for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    yield name, json.loads(line[6:])

    @property
    def cookie(self):
        return self.http.cookies["chengyun_session"]

    @property
    def token(self):
        """What the accounts know the session by: the third part of the cookie, which nobody but the browser and the console sees."""
        part = self.cookie.split(".")[2]
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()

    def cookies(self):
        """For a browser context."""
        return [{"name": cookie.name, "value": cookie.value, "url": self.url} for cookie in self.http.cookies]


class People(dict):
    """One signed-in person a role, made when first asked for; `other` belongs to another department than `department` and `crew`."""

    def __init__(self, stubs, wire, url, departments):
        super().__init__()
        self.stubs, self.wire, self.url, self.departments = stubs, wire, url, departments

    def __missing__(self, role):
        limits = {}
        if role in ("department", "other", "crew"):
            limits["department"] = self.departments[role == "other"]
        if role == "crew":
            limits["crew"] = "crew-1"
        self[role] = self.enlist("department" if role == "other" else role, **limits)
        return self[role]

    def enlist(self, role, name=None, **limits):
        """Somebody more: a user whose password the operator chose, signed in. Hashing passwords is slow, on purpose: here it is done twice."""
        name = f"{name or role}-{uuid.uuid4().hex[:6]}"
        accounts = self.stubs.accounts
        user = accounts.User(name=name, display_name=name, roles=[role], **limits)
        with self.wire.channel("dispatch") as channel:
            service = self.stubs.service("accounts", "Accounts", channel)
            service.PutUser(accounts.PutUserRequest(user=user, password=PASSWORD), timeout=60)
        person = Person(self.url, name)
        answer = eventually(person.sign_in, patience=60)
        assert answer.status_code == 200, answer.text
        return person


def create(node, url, name, *options):
    """A user made by the operator's command, who has changed the one-time password; signed in."""
    added = node.run("admin", "user", "add", name, *options).stdout
    once = re.search(r"one-time password (\S+)", added).group(1)
    person = Person(url, name)
    assert person.sign_in(once).status_code == 200
    changed = person.post("/api/session/password", {"old": once, "new": PASSWORD})
    assert changed.status_code == 204, changed.text
    return person


def eventually(ask, good=lambda answer: answer.status_code == 200, patience=30):
    """Asks until the answer is good: what one service was told, the others know a moment later."""
    deadline = time.monotonic() + patience
    while not good(answer := ask()) and time.monotonic() < deadline:
        threading.Event().wait(0.1)
    return answer


def key():
    return str(uuid.uuid4())
