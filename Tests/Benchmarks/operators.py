"""Fifty operators at the console's HTTP API: signed in, each with a cookie and connections of its own, as a browser has them.

An operator looks at something new every 2 s on average (1 to 3, evenly): half of the time a list of cases, half of the time another part of
the map, which is a screenful of 3 × 3 tiles over at most 6 connections. Meanwhile each has the live stream open, and reports come in.
"""
import asyncio
import gzip
import itertools
import json
import math
import random
import time
import uuid
from urllib.parse import quote

OPERATORS = 50
THINKING_S = (1.0, 3.0)
SCREEN = (3, 3)
# HTTP/1.1 connections of a browser to one host.
CONNECTIONS = 6
# Before anything counts: connections are made, the processes' memory is warm.
WARM_UP_S = 5
# While they look, somebody reports something.
REPORT_EVERY_S = 1.0
KIND = "Single Streetlight Issue"
TIME_LIMIT_S = 30

# What people ask lists for, with how often; {…} is drawn anew each time. Names are those of million_cases.sql.
LISTS = [
    (6, "state={open}"), (4, "state={open}&overdue=true&sort=due"), (3, ""), (3, "district=d{sixteenth}&state={open}"),
    (3, "department=p{fortieth}&state={open}"), (2, "kind=k{sixtieth}"), (2, "state={open}&urgent=true"), (2, "state=returned&sort=oldest"),
    (2, "q=罕见井盖"), (2, "q=垃圾&state={open}"), (1, "q=10{sixtieth}&district=d{sixteenth}"), (1, "state=closed&sort=ended"),
    (1, "street=s{sixtieth}&state={open}"), (1, "from=2026-06-{day}&to=2026-06-{day}&kind=k{sixtieth}"),
    (1, "state=pending_dispatch&sort=oldest"), (1, "state=closed&closed_from=2026-06-{day}&closed_to=2026-06-{day}"),
]
OPEN = "pending_dispatch,dispatched,handling,returned,handled,pending_close"
FILTERS = ["", "", "", "", "?overdue=true", "?urgent=true", "?states=handling", "?department=p{fortieth}"]


class Line:
    """One HTTP/1.1 connection, kept; one question at a time."""

    def __init__(self, host, port, cookie, address):
        self.host, self.port, self.cookie, self.address, self.streams = host, port, cookie, address, None

    async def ask(self, path, body=None, token=""):
        """The content and how long it took, in milliseconds, from sending to the last byte. Anything but 200 and 204 is an error."""
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port, local_addr=(self.address, 0), limit=1 << 22)
        reader, writer = self.streams
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nCookie: {self.cookie}\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\nX-CSRF-Token: {token}\r\n"
        began = time.perf_counter()
        writer.write(head.encode() + b"Accept-Encoding: gzip\r\n\r\n" + content)
        async with asyncio.timeout(TIME_LIMIT_S):
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
            answer = await reader.readexactly(int(fields.get("content-length", 0)))
        if lines[0].split()[1] not in ("200", "204"):
            raise RuntimeError(f"{path} was answered with {lines[0]}: {answer[:300]}")
        return answer, (time.perf_counter() - began) * 1_000

    async def listen(self, path):
        """Reads an event stream until it is cancelled."""
        reader, writer = await asyncio.open_connection(self.host, self.port, local_addr=(self.address, 0))
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\nCookie: {self.cookie}\r\n\r\n".encode())
        try:
            while await reader.read(1 << 16):
                pass
        finally:
            writer.close()

    def close(self):
        if self.streams:
            self.streams[1].close()


class Measured:
    """Milliseconds of each."""

    def __init__(self):
        self.lists, self.tiles, self.screens, self.floor, self.tile_bytes = [], [], [], [], []
        self.counts_from = math.inf

    def add(self, series, milliseconds):
        if time.perf_counter() >= self.counts_from:
            series.append(milliseconds)


class Operator:
    def __init__(self, number, address, cookie, measured):
        self.random = random.Random(number)
        source = f"127.0.9.{number + 1}"
        self.lines = [Line(*address, cookie, source) for _ in range(CONNECTIONS)]
        self.stream = Line(*address, cookie, source)
        self.measured = measured
        self.zoom, self.place = 10, (-118.35, 34.05)

    async def work(self, seconds):
        listening = asyncio.create_task(self.stream.listen("/api/live"))
        end = time.perf_counter() + WARM_UP_S + seconds
        try:
            await asyncio.sleep(self.random.uniform(0, sum(THINKING_S) / 2))
            while time.perf_counter() < end:
                await (self.list() if self.random.random() < 0.5 else self.pan())
                await asyncio.sleep(self.random.uniform(*THINKING_S))
        finally:
            listening.cancel()
            for line in self.lines:
                line.close()

    def draw(self, text):
        drawn = {"open": OPEN, "day": self.random.randrange(10, 29)}
        drawn |= {"sixteenth": self.random.randrange(16), "fortieth": self.random.randrange(40), "sixtieth": self.random.randrange(60)}
        return text.format(**drawn)

    async def list(self):
        query = self.draw(self.random.choices([query for _, query in LISTS], [weight for weight, _ in LISTS])[0])
        path = f"/api/cases?{percent(query)}"
        answer, milliseconds = await self.lines[0].ask(path)
        self.measured.add(self.measured.lists, milliseconds)
        following = json.loads(decompressed(answer)).get("next_page")
        if following and self.random.random() < 0.2:
            answer, milliseconds = await self.lines[0].ask(f"{path}&page={percent(following)}")
            self.measured.add(self.measured.lists, milliseconds)

    async def pan(self):
        """Mostly a screen further, sometimes nearer or farther, sometimes elsewhere where there are cases."""
        chance = self.random.random()
        if chance < 0.2:
            self.zoom = min(16, max(9, self.zoom + self.random.choice((-1, 1, 2))))
        elif chance < 0.4:
            self.place = somewhere(self.random)
        filter = self.draw(self.random.choice(FILTERS))
        column, row = tile_at(*self.place, self.zoom)
        if chance >= 0.4:
            column, row = column + self.random.choice((-3, 3)), row + self.random.choice((-3, 0, 3))
        tiles = [(column + x - SCREEN[0] // 2, row + y - SCREEN[1] // 2) for x in range(SCREEN[0]) for y in range(SCREEN[1])]
        queue = iter([f"/api/tiles/cases/{self.zoom}/{x}/{y}.mvt{filter}" for x, y in tiles])
        began = time.perf_counter()
        await asyncio.gather(*(self.fetch(line, queue) for line in self.lines))
        self.measured.add(self.measured.screens, (time.perf_counter() - began) * 1_000)

    async def fetch(self, line, queue):
        for path in queue:
            answer, milliseconds = await line.ask(path)
            self.measured.add(self.measured.tiles, milliseconds)
            self.measured.tile_bytes.append(len(answer))


def percent(text):
    return quote(text, safe="=&,")


def decompressed(content):
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def somewhere(chance):
    """As million_cases.sql lays its points."""
    spread = lambda width: (chance.random() + chance.random() + chance.random() - 1.5) * width
    return -118.35 + spread(0.35), 34.05 + spread(0.3)


def tile_at(longitude, latitude, zoom):
    side = 2**zoom
    return int((longitude + 180) / 360 * side), int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * side)


async def run(address, cookies, seconds):
    """All of them at once, while reports come in and a probe asks for what costs nothing."""
    measured = Measured()
    measured.counts_from = time.perf_counter() + WARM_UP_S
    others = [asyncio.create_task(report(address)), asyncio.create_task(probe(address, measured))]
    try:
        await asyncio.gather(*(Operator(number, address, cookie, measured).work(seconds) for number, cookie in enumerate(cookies)))
        for task in others:
            if task.done():
                task.result()
    finally:
        for task in others:
            task.cancel()
    return measured


async def report(address):
    from people import Person
    citizen = await asyncio.to_thread(Person, f"http://{address[0]}:{address[1]}")
    line, chance = Line(*address, f"chengyun_session={citizen.cookie}", "127.0.8.1"), random.Random()
    for number in itertools.count():
        longitude, latitude = somewhere(chance)
        await line.ask("/api/public/reports", new_report(f"第 {number} 盏路灯不亮", longitude, latitude), citizen.csrf)
        await asyncio.sleep(REPORT_EVERY_S)


def new_report(text, longitude, latitude):
    point = {"lon": round(longitude, 6), "lat": round(latitude, 6)}
    return {"key": str(uuid.uuid4()), "kind": KIND, "text": text, "address": "Main Street 1", "point": point}


async def probe(address, measured):
    """The floor: what an answer takes that asks no service, on the same machine at the same time."""
    line = Line(*address, "", "127.0.8.2")
    while True:
        _, milliseconds = await line.ask("/healthz")
        measured.add(measured.floor, milliseconds)
        await asyncio.sleep(0.05)
