"""Takes the pictures in docs/screenshots: each page of the console on a real city's data, in both languages,
on the screens it is made for.

    screenshots.py [--node FOLDER] [--out FOLDER] [--all | --only PATTERN]

Those that docs/screenshots/README.md shows; --all also takes those that are only looked at. Without --node a node of its own is started
and filled (some minutes). A page that scrolls sideways, says an error or has a violation of accessibility is named, and the script ends
with 1."""
import argparse
import base64
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Tests" / "EndToEnd"), str(ROOT / "Tests" / "Browser")]

from playwright.sync_api import sync_playwright

from scenery import Scenery
from node import Node, running_node

PAGE = ROOT / "docs" / "screenshots" / "README.md"
AXE = ROOT / ".chengyun" / "assets-tests" / "axe.min.js"
DESK, PHONE, WALL = (1440, 900), (390, 844), (1920, 1080)
# Software rendering, so that the maps are there on any machine.
FLAGS = [
    "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--font-render-hinting=none",
    "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
]
QUALITY = 82
# Maps in software take long on a busy machine.
PATIENCE_MS = 120_000
MAP = ".map[data-ready]"


@dataclass
class Shot:
    name: str
    who: str | None
    path: str
    wait: str
    screen: tuple = DESK
    language: str = "zh"
    # What is done on the page first.
    steps: list = field(default_factory=list)
    large_print: bool = False
    whole: bool = False
    # Answers of these addresses fail, as they do while a service is away.
    down: str = ""
    expected: tuple = ()


def shots(city):
    """`{…}` in a path is filled with what the city has."""
    under_way, closed = city.reports["under_way"], city.reports["closed"]
    follow = lambda one: f"/follow/{quote(one['number'])}?token={quote(one['token'])}"
    case = f"/cases/{quote(under_way['number'])}"
    alarm = city.person("wang").get("/api/cases?kind=lifeline-alarm&limit=1").json()["cases"]
    kind, place, written = step_kind, step_place, step_text
    yield from [
        Shot("sign-in", None, "/", "input[type=password]"),
        Shot("sign-in-en", None, "/", "input[type=password]", language="en"),
        Shot("sign-in-phone", None, "/", "input[type=password]", PHONE),
        Shot("centre", "wang", "/centre", MAP),
        Shot("centre-en", "wang", "/centre", MAP, language="en"),
        Shot("centre-phone", "wang", "/centre", MAP, PHONE),
        Shot("centre-district", "wang", "/centre", MAP, steps=[("click-map", .42, .42)]),
        Shot("wall", "wang", "/centre?wall=1", MAP, WALL),
        Shot("wall-en", "wang", "/centre?wall=1", MAP, WALL, "en"),
        Shot("cases", "liu", "/cases?state=open", "tbody tr", steps=[("key", "j"), ("key", "j"), ("key", "j")]),
        Shot("cases-en", "liu", "/cases?state=open&overdue=true&sort=due", "tbody tr", language="en"),
        Shot("cases-empty", "liu", "/cases?q=不存在的地址", ".empty"),
        Shot("cases-phone", "liu", "/cases?state=open", "tbody tr", PHONE),
        Shot("case", "liu", case, ".case-map canvas"),
        Shot("case-en", "liu", case, ".case-map canvas", language="en", whole=True),
        Shot("case-phone", "zhao", case, ".case-map canvas", PHONE),
        Shot("case-dispatch", "liu", case, ".case-map canvas", steps=[("click", "[data-action=dispatch]")]),
        Shot("worklist", "liu", "/worklist", ".queue", whole=True),
        Shot("worklist-en", "liu", "/worklist", ".queue", language="en"),
        Shot("tasks", "zhao", "/tasks", ".task", PHONE),
        Shot("tasks-en", "zhao", "/tasks", ".task", PHONE, "en"),
        Shot("tasks-desk", "li", "/tasks", ".task"),
        Shot("lifeline", "wang", "/lifeline", MAP),
        Shot("lifeline-en", "wang", "/lifeline?tab=sensors", MAP, language="en"),
        Shot("lifeline-phone", "wang", "/lifeline", MAP, PHONE),
        Shot("lifeline-down", "wang", "/lifeline", MAP, down="**/api/alarms*", expected=(503,)),
        Shot("sensor", "wang", "/lifeline/SPEED-T4013", ".series canvas", whole=True),
        Shot("sensor-en", "wang", "/lifeline/OCC-6005?span=month", ".series canvas", language="en"),
        Shot("sensor-phone", "wang", "/lifeline/SPEED-T4013", ".series canvas", PHONE),
        Shot("evaluation", "chen", "/evaluation?from=2017-12-28&to=2017-12-28", ".eval-chart canvas"),
        Shot("evaluation-en", "chen", "/evaluation?by=district&compare=1&from=2017-12-28&to=2017-12-28", ".eval-chart canvas",
             language="en", whole=True),
        Shot("evaluation-cases", "chen", "/evaluation", ".eval-chart canvas", steps=[("click", ".eval-table .figure-button")]),
        Shot("evaluation-phone", "chen", "/evaluation", ".eval-chart canvas", PHONE),
        Shot("users", "sun", "/admin/users", "tbody tr"),
        Shot("users-en", "sun", "/admin/users", "tbody tr", language="en"),
        Shot("user-new", "sun", "/admin/users", "tbody tr", steps=[("click", ".page-head .button.primary")]),
        Shot("audit", "zhou", "/admin/audit", "tbody tr"),
        Shot("account", "zhou", "/account", ".account-grid"),
        Shot("account-en", "zhou", "/account", ".account-grid", language="en"),
        Shot("no-right", "zhou", "/admin/users", ".empty"),
        Shot("not-found", "wang", "/nowhere", ".empty"),
        Shot("case-missing", "wang", "/cases/000000-000000-0", ".failed", expected=(404,)),
        Shot("report-1-what", None, "/report", ".kind", PHONE),
        Shot("report-2-where", None, "/report", ".kind", PHONE, steps=[kind, ("wait", ".place-map canvas")]),
        Shot("report-3-text", None, "/report", ".kind", PHONE, steps=[kind, place]),
        Shot("report-4-review", None, "/report", ".kind", PHONE, steps=[kind, place, written]),
        Shot("report-en", None, "/report", ".kind", PHONE, "en"),
        Shot("report-large", None, "/report", ".kind", PHONE, large_print=True),
        Shot("report-desk", None, "/report", ".kind"),
        Shot("follow", None, follow(under_way), ".stages", PHONE),
        Shot("follow-en", None, follow(closed), ".rating, .stages", PHONE, "en"),
        Shot("follow-desk", None, follow(closed), ".stages"),
        Shot("follow-large", None, follow(closed), ".stages", PHONE, large_print=True, whole=True),
        Shot("follow-code", None, "/follow", "form", PHONE),
        Shot("results", None, "/results", ".results-body > *"),
        Shot("results-phone", None, "/results", ".results-body > *", PHONE),
    ]
    if alarm:
        yield Shot("case-alarm", "wang", f"/cases/{quote(alarm[0]['number'])}", ".timeline", whole=True)


step_kind = ("click", ".kind >> nth=0")
step_place = ("fill", "input[name=address], #address, .report-form input", "日落大道 4718 号，地铁站西口", "next")
step_text = ("fill", ".report-form textarea", "人行道上堆着三张旧床垫，轮椅过不去。", "next")


def take(page, shot, url, out, form):
    page.goto(url + shot.path + ("&" if "?" in shot.path else "?") + f"lang={shot.language}", wait_until="load")
    page.wait_for_selector(shot.wait, timeout=PATIENCE_MS)
    page.wait_for_function("() => !document.querySelector('.skeleton')", timeout=PATIENCE_MS)
    for step in shot.steps:
        do(page, step)
    settled(page)
    session = page.context.new_cdp_session(page)
    if shot.whole:
        height = page.evaluate("Math.ceil(document.documentElement.scrollHeight)")
        page.set_viewport_size({"width": shot.screen[0], "height": max(height, shot.screen[1])})
        settled(page)
    picture = session.send("Page.captureScreenshot", {"format": form, **({"quality": QUALITY} if form == "webp" else {})})
    (out / f"{shot.name}.{form}").write_bytes(base64.b64decode(picture["data"]))


def do(page, step):
    match step:
        case ("click", selector):
            page.locator(selector).first.click()
        case ("wait", selector):
            page.wait_for_selector(selector, timeout=PATIENCE_MS)
        case ("key", key):
            page.keyboard.press(key)
        case ("fill", selector, text, "next"):
            page.locator(selector).first.fill(text)
            page.locator(".report-foot .primary").click()
        case ("click-map", x, y):
            settled(page)
            box = page.locator(".map canvas").first.bounding_box()
            page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)


def settled(page):
    """Nothing is fetched any more, and the maps have had the time to draw it."""
    page.wait_for_timeout(300)
    for _ in range(100):
        if not page.fetching and page.evaluate("!document.querySelector('.map:not([data-drawn])')"):
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(300)


def watch_fetches(page):
    """The streams of news never end; everything else does."""
    page.fetching = set()
    is_stream = lambda request: request.url.split("?")[0].endswith(("/api/live", "/stream"))
    page.on("request", lambda request: is_stream(request) or page.fetching.add(request))
    for ended in ("requestfinished", "requestfailed"):
        page.on(ended, lambda request: page.fetching.discard(request))


def problems_of(page):
    found = []
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 1:
        found.append(f"scrolls sideways by {over}")
    page.evaluate(AXE.read_text())
    for one in page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]:
        places = "; ".join(str(node["target"][0]) for node in one["nodes"][:3])
        found.append(f"axe {one['impact']} {one['id']}: {places}")
    return found


class Camera:
    """Keeps a browser's context by person and screen: what was fetched for one picture is there for the next. A citizen's is fresh."""

    def __init__(self, browser, city, asked):
        self.browser, self.city, self.asked = browser, city, asked
        self.cookies, self.contexts = {}, {}

    def picture(self, shot):
        key = (shot.who, shot.screen)
        context = self.contexts.pop(key, None) or self.context(shot)
        page = context.new_page()
        problems = []
        watch_fetches(page)
        if shot.down:
            page.route(shot.down, unavailable)
        page.on("pageerror", lambda error: problems.append(f"JavaScript: {error}"))
        page.on("response", lambda one: one.status >= 400 and one.status not in shot.expected
                and problems.append(f"{one.status} {one.url}"))
        try:
            take(page, shot, self.city.url, self.asked.out, self.asked.format)
            if not self.asked.unchecked:
                problems += problems_of(page)
        except Exception as error:
            problems.append(str(error).splitlines()[0])
        page.close()
        if shot.who:
            self.contexts[key] = context
        else:
            context.close()
        return problems

    def context(self, shot):
        is_phone = shot.screen == PHONE
        context = self.browser.new_context(
            viewport={"width": shot.screen[0], "height": shot.screen[1]}, has_touch=is_phone, is_mobile=is_phone,
            device_scale_factor=2 if is_phone else 1)
        context.set_default_timeout(PATIENCE_MS)
        if shot.who:
            if shot.who not in self.cookies:
                self.cookies[shot.who] = self.city.person(shot.who).cookies()
            context.add_cookies(self.cookies[shot.who])
        if shot.large_print:
            context.add_init_script("localStorage.setItem('chengyun.print', 'large')")
        return context


def unavailable(route):
    route.fulfill(status=503, json={"error": {
        "code": "unavailable", "message": "生命线服务暂时连接不上，请稍后再试。",
        "message_en": "The lifeline service cannot be reached just now. Try again later.",
    }})


def is_wanted(name, asked):
    if asked.only:
        return re.search(asked.only, name)
    return asked.all or f"({name}.webp)" in PAGE.read_text()


def run(node, workspace, asked):
    city = Scenery(node, workspace)
    bad = 0
    asked.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        camera = Camera(browser, city, asked)
        for shot in shots(city):
            if not is_wanted(shot.name, asked):
                continue
            problems = camera.picture(shot)
            print(f"{shot.name}: {'; '.join(problems) or 'well'}", flush=True)
            bad += bool(problems)
        browser.close()
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--node", type=Path, help="the folder of a node that runs; it is filled the first time")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--format", choices=["webp", "png"], default="webp")
    parser.add_argument("--all", action="store_true", help="also those that the page does not show")
    parser.add_argument("--unchecked", action="store_true", help="pictures only, without looking for violations of accessibility")
    parser.add_argument("--only", default="", help="a pattern of names")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chengyun-shots-") as folder:
        workspace = Path(folder)
        workspace.chmod(0o755)
        if asked.node:
            return run(Node(asked.node), workspace, asked)
        with running_node(workspace / "la", "--city", "los-angeles") as node:
            return run(node, workspace, asked)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
