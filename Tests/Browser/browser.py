"""A browser without a screen: keeps its cookie and its token, and speaks the console's JSON API."""
import http.client
import json
import re
from urllib.parse import quote, urlencode


class Browser:
    def __init__(self, node):
        self.address = ("127.0.0.1", node.port_base + 6)
        self.cookie = None
        self.csrf = None
        self.session = self.get("/api/session")[1]

    def get(self, path, **query):
        return self.ask("GET", path + (f"?{urlencode(query)}" if query else ""))

    def post(self, path, body=None):
        return self.ask("POST", path, {} if body is None else body)

    def ask(self, method, path, body=None, headers=None):
        """The status and what was answered: JSON as such, everything else as bytes."""
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        sent = {"Cookie": self.cookie} if self.cookie else {}
        if method != "GET":
            sent["X-CSRF-Token"] = self.csrf or ""
        if body is not None:
            sent["Content-Type"] = "application/json"
        connection.request(method, path, None if body is None else json.dumps(body), {**sent, **(headers or {})})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        for value in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = value.split(";")[0]
        if (answer.headers.get("Content-Type") or "").startswith("application/json"):
            content = json.loads(content)
            if isinstance(content, dict) and "csrf" in content:
                self.csrf = content["csrf"]
        return answer.status, content

    def sign_in(self, name, password):
        return self.post("/api/session", {"name": name, "password": password})

    def events(self, path):
        """The names and data of a stream's events, as they come. Close the connection by leaving the generator."""
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        connection.request("GET", path, headers={"Cookie": self.cookie or ""})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        try:
            name = None
            for line in answer:
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    name = text[7:]
                elif text.startswith("data: "):
                    yield name, json.loads(text[6:])
        finally:
            connection.close()


def new_user(node, name, role, *options):
    """A person who has changed the one-time password, signed in."""
    added = node.run("admin", "user", "add", name, "--role", role, *options).stdout
    once = re.search(r"one-time password (\S+)", added)[1]
    browser = Browser(node)
    assert browser.sign_in(name, once)[0] == 200
    password = "correct horse battery 73"
    status, answer = browser.post("/api/session/password", {"old": once, "new": password})
    assert status == 204, answer
    browser = Browser(node)
    status, answer = browser.sign_in(name, password)
    assert status == 200 and answer["user"]["roles"] == [role], answer
    return browser


def path_of(number):
    return f"/api/cases/{quote(number)}"
