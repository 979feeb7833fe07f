"""The console's HTTP edge alone, without any service behind it: what it says to browsers byte by byte, in plain text and by TLS."""
import gzip
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager

import pytest

from node import BIN, ROOT, running_node

BODY_LIMIT = 1 << 20


@contextmanager
def console(folder, **settings):
    """The port of a running console with these settings beside the usual ones."""
    secret = folder / "secret"
    secret.write_bytes(bytes(range(32)))
    environment = {
        "PATH": os.environ["PATH"], "CHENGYUN_CITY": "testcity", "CHENGYUN_NODE": "test-1", "CHENGYUN_LISTEN": "127.0.0.1:0",
        "CHENGYUN_PLAINTEXT": "1", "CHENGYUN_FIELD_KEY_FILE": str(secret), "CHENGYUN_WEB": str(ROOT / "Services/Console/Web"),
        "CHENGYUN_DRAIN_SECONDS": "1", **settings,
    }
    for service in ("INTAKE", "DISPATCH", "LIFELINE", "EVALUATION", "FEEDBACK"):
        environment[f"CHENGYUN_{service}"] = "127.0.0.1:1"
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen([BIN / "console"], env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield wait_for_port(process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0, log.read_text()


def wait_for_port(process, log):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := re.search(r"serving.*?port=(\d+)", log.read_text()):
            return int(found[1])
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with console(tmp_path_factory.mktemp("console")) as port:
        yield port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of an authority, for localhost: (authority, certificate, key)."""
    folder = tmp_path_factory.mktemp("certificate")
    run = lambda *arguments: subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority", "-days", "2",
        "-addext", "keyUsage=critical,keyCertSign")
    run("req", "-x509", *key, "-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=console",
        "-days", "2", "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE")
    return folder / "ca.pem", folder / "cert.pem", folder / "key.pem"


def ask(connection, method, path, headers=None, body=None):
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    return answer, answer.read()


def fresh(port):
    return http.client.HTTPConnection("127.0.0.1", port, timeout=20)


def test_a_connection_serves_many_requests(port):
    connection = fresh(port)
    connection.connect()
    first = connection.sock
    for path in ("/healthz", "/report", "/api/nothing", "/healthz"):
        ask(connection, "GET", path)
        assert connection.sock is first, f"closed after {path}"


def test_what_is_compressed_is_the_same(port):
    for path in ("/assets/scripts/console.js", "/assets/styles/administration.css", "/report", "/api/openapi.json"):
        plain, text = ask(fresh(port), "GET", path)
        small, packed = ask(fresh(port), "GET", path, {"Accept-Encoding": "gzip"})
        assert small.getheader("Content-Encoding") == "gzip" and small.getheader("Vary") == "Accept-Encoding"
        assert gzip.decompress(packed) == text and len(packed) < len(text), path
        assert int(small.getheader("Content-Length")) == len(packed)
        if tag := small.getheader("ETag"):
            again, nothing = ask(fresh(port), "GET", path, {"Accept-Encoding": "gzip", "If-None-Match": tag})
            assert again.status == 304 and nothing == b""
        head, nothing = ask(fresh(port), "HEAD", path, {"Accept-Encoding": "gzip"})
        assert head.status == 200 and nothing == b"" and head.getheader("Content-Length") == str(len(packed))


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large_is_413_whoever_sends_it(port, chunked):
    body = b"x" * (BODY_LIMIT + 1)
    connection = fresh(port)
    answer, text = ask(
        connection, "POST", "/api/public/reports", {"Content-Type": "application/json"}, iter([body]) if chunked else body)
    assert answer.status == 413 and json.loads(text)["error"]["code"] == "body_too_large"
    answer, _ = ask(connection, "GET", "/healthz")
    assert answer.status == 200, "the rest of the body is no request"


def test_what_is_not_json_is_400(port):
    connection = fresh(port)
    answer, text = ask(connection, "GET", "/api/session")
    headers = {"Cookie": answer.getheader("Set-Cookie").split(";")[0], "X-CSRF-Token": json.loads(text)["csrf"],
               "Content-Type": "application/json"}
    for body in (b"{", b"[]", b"\xff", b'{"a":1,"a":2}', b"[" * 100_000):
        answer, text = ask(connection, "POST", "/api/public/reports", headers, body)
        assert answer.status == 400 and json.loads(text)["error"]["code"] == "not_json", body[:20]


@pytest.mark.parametrize("head", [
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"\x16\x03\x01\x00\x05hello", b"NONSENSE\r\n\r\n",
])
def test_nonsense_ends_the_connection(port, head):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
        assert b" 200 " not in answer.split(b"\r\n")[0]
    assert ask(fresh(port), "GET", "/healthz")[0].status == 200


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_browsers_are_served_by_tls(tmp_path, certificate):
    authority, chain, key = certificate
    settings = {"CHENGYUN_CONSOLE_TLS_CERT": str(chain), "CHENGYUN_CONSOLE_TLS_KEY": str(key), "CHENGYUN_CONSOLE_URL": "https://localhost"}
    with console(tmp_path, **settings) as port:
        trusting = ssl.create_default_context(cafile=str(authority))
        connection = http.client.HTTPSConnection("localhost", port, timeout=20, context=trusting)
        answer, _ = ask(connection, "GET", "/api/session")
        assert answer.status == 200 and "; Secure" in answer.getheader("Set-Cookie")
        assert answer.getheader("Strict-Transport-Security")
        # Many records each way.
        answer, text = ask(connection, "GET", "/api/openapi.json")
        assert answer.status == 200 and json.loads(text)["openapi"] == "3.1.0"
        answer, text = ask(connection, "POST", "/api/public/reports", {"Content-Type": "application/json"}, b"x" * BODY_LIMIT)
        assert answer.status == 403 and json.loads(text)["error"]["code"] == "csrf"
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(str(authority))
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(ssl.SSLError), socket.create_connection(("localhost", port), timeout=20) as plain:
            old.wrap_socket(plain, server_hostname="localhost")
        answer, text = ask(fresh(port), "GET", "/")
        assert answer.status == 400 and b"https" in text, "whoever forgets the s is told so"
        answer, _ = ask(connection, "GET", "/healthz")
        assert answer.status == 200


def test_half_of_tls_does_not_start(tmp_path, certificate):
    _, chain, _ = certificate
    environment = {"PATH": os.environ["PATH"], "CHENGYUN_CONSOLE_TLS_CERT": str(chain)}
    done = subprocess.run([BIN / "console", "--check"], env=environment, capture_output=True, text=True, timeout=20)
    assert done.returncode == 78 and "CHENGYUN_CONSOLE_TLS_KEY is missing" in done.stderr


def test_a_node_serves_browsers_elsewhere_by_tls(workspace):
    with running_node(workspace / "tls", "--console-tls", "--console-listen", "0.0.0.0") as node:
        status = node.status()
        assert status["console"]["health"] == "serving" and status["console"]["url"] == f"https://{socket.gethostname()}:{node.port_base + 6}"
        trusting = ssl.create_default_context(cafile=node.folder / "tls" / "ca.crt")
        for name in ("localhost", socket.gethostname()):
            # By each name that the certificate is for, wherever that leads from here.
            with socket.create_connection(("127.0.0.1", node.port_base + 6), timeout=20) as plain:
                with trusting.wrap_socket(plain, server_hostname=name) as connection:
                    connection.sendall(b"GET /api/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    answer = b"".join(iter(lambda: connection.recv(65_536), b""))
                    assert b"200 OK" in answer and b"; Secure" in answer, answer[:300]
