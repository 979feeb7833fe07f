"""What one browser sees: headless Chromium with its software rendering."""
import random
import threading
import time
from contextlib import contextmanager

from people import Person
from playwright.sync_api import sync_playwright

import operators

DESK = {"width": 1440, "height": 900}
PATIENCE_MS = 120_000
# A report that is not on the screen after this has got lost.
LOST_S = 60
REPORT_PAUSE_S = 0.2
# How far and how fast the hand moves the map: pixels a step, steps a drag.
DRAG = (12, 40)

# Everything that appears in the list of what is happening, with the instant of the frame that shows it.
WATCH_TICKER = """() => {
  window.shown = new Map();
  const note = () => requestAnimationFrame(() => setTimeout(() => {
    const now = performance.timeOrigin + performance.now();
    for (const link of document.querySelectorAll('.ticker a.tick')) {
      const number = decodeURIComponent(link.getAttribute('href').split('/').pop());
      if (!window.shown.has(number)) window.shown.set(number, now);
    }
  }));
  new MutationObserver(note).observe(document.querySelector('.ticker'), {childList: true, subtree: true});
  note();
}"""
COUNT_FRAMES = """() => {
  window.frames_at = [];
  const tick = (now) => { if (window.frames_at) { window.frames_at.push(now); requestAnimationFrame(tick); } };
  requestAnimationFrame(tick);
}"""


@contextmanager
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def centre(browser, person, *, tiles=True):
    """The centre's page, its map ready; without tiles the map has no case."""
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    try:
        context.add_cookies(person.cookies())
        if not tiles:
            context.route("**/api/tiles/**", lambda route: route.fulfill(status=204))
        page = context.new_page()
        yield page
    finally:
        context.close()


def open_centre(page, url):
    page.goto(f"{url}/centre", wait_until="load")
    page.wait_for_selector(".centre-map[data-ready=true]", timeout=PATIENCE_MS)
    page.wait_for_load_state("load")


def first_view(browser, url, person):
    """Bytes on the wire of everything that the page loads, its browser knowing nothing yet; by address."""
    with centre(browser, person) as page:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        addresses, sizes, last = {}, {}, [time.monotonic()]

        def finished(event):
            sizes[addresses[event["requestId"]]] = sizes.get(addresses[event["requestId"]], 0) + event["encodedDataLength"]
            last[0] = time.monotonic()

        session.on("Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]}))
        session.on("Network.loadingFinished", finished)
        open_centre(page, url)
        # The live stream stays open; everything else has ended when nothing has for a second.
        while time.monotonic() - last[0] < 1:
            page.wait_for_timeout(100)
    return sizes


def live_updates(browser, url, person, count):
    """Milliseconds from sending a report over the public API until an open centre page shows its case."""
    citizens = [Person(url) for _ in range(20)]
    times, chance = [], random.Random()
    with centre(browser, person) as page:
        open_centre(page, url)
        page.evaluate(WATCH_TICKER)
        for number in range(count):
            longitude, latitude = operators.somewhere(chance)
            body = operators.new_report(f"井盖 {number} {chance.random()}", longitude, latitude)
            began = time.time() * 1_000
            answer = citizens[number % len(citizens)].post("/api/public/reports", body)
            if answer.status_code != 200:
                raise RuntimeError(f"a report was answered with {answer.status_code}: {answer.text[:200]}")
            times.append(shown_at(page, answer.json()["number"]) - began)
            page.wait_for_timeout(REPORT_PAUSE_S * 1_000)
    return times


def shown_at(page, number):
    """The list is short: the next report comes when this one is there."""
    deadline = time.monotonic() + LOST_S
    while (instant := page.evaluate("number => window.shown.get(number) ?? null", number)) is None:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{number} was not on the screen after {LOST_S} s")
        page.wait_for_timeout(20)
    return instant


def pan(browser, url, person, seconds, *, tiles):
    """Milliseconds of each frame while the map is dragged to and fro: the whole city in clusters, then nearer, then single cases."""
    times = []
    with centre(browser, person, tiles=tiles) as page:
        open_centre(page, url)
        box = page.locator(".centre-map canvas").bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        for nearer in (0, 2, 2):
            for _ in range(nearer):
                page.click(".map-buttons button:first-child")
                page.wait_for_timeout(600)
            page.wait_for_timeout(1_500)
            page.evaluate(COUNT_FRAMES)
            drag(page, middle, seconds / 3)
            frames = page.evaluate("() => { const all = window.frames_at; window.frames_at = null; return all; }")
            times += [after - before for before, after in zip(frames, frames[1:])]
    return times


def drag(page, middle, seconds):
    end, direction = time.monotonic() + seconds, 1
    while time.monotonic() < end:
        start = (middle[0] - direction * DRAG[0] * DRAG[1] / 2, middle[1])
        page.mouse.move(*start)
        page.mouse.down()
        for step in range(DRAG[1]):
            page.mouse.move(start[0] + direction * DRAG[0] * (step + 1), start[1] + 2 * step)
            threading.Event().wait(0.016)
        page.mouse.up()
        direction = -direction
