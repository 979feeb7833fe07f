"""What happens in the city reaches the open page: nothing between the page's first question and its hearing, and no more questions than needed."""

import pytest
from playwright.sync_api import expect

from city import chinese, place

# Stands where the browser's own EventSource would: the test says when it is open and what it brings.
STREAM = """() => {
  window.streams = [];
  window.EventSource = class extends EventTarget {
    static CLOSED = 2;
    constructor(address) {
      super();
      this.address = address;
      this.readyState = 0;
      window.streams.push(this);
    }
    close() { this.readyState = 2; }
  };
  window.stand = () => {
    const stream = window.streams.at(-1);
    stream.readyState = 1;
    stream.onopen();
  };
  window.lose = () => {
    const stream = window.streams.at(-1);
    stream.readyState = 3;
    stream.onerror();
  };
  const ask = window.fetch;
  window.early = [];
  window.fetch = (path, options) => {
    if (window.streams.at(-1)?.readyState !== 1) window.early.push(path);
    return ask(path, options);
  };
  window.bring = (name, data) => window.streams.at(-1).dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
}"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
CENTRE = {"lon": -118.2437, "lat": 34.0522}
TILES = "/api/tiles/cases/"


@pytest.fixture
def staged(visit):
    """A page whose live stream is the test's, and what it asks for."""
    def make(path, stands=True, who="centre", clock=False):
        one = visit(who)
        if clock:
            one.page.clock.install()
        one.asked = []
        one.page.on("request", lambda request: "/api/" in request.url and one.asked.append(request.url[len(one.url):]))
        one.page.add_init_script(f"({STREAM})()")
        if stands:
            one.page.add_init_script("addEventListener('DOMContentLoaded', () => setInterval(() => streams.at(-1)?.readyState === 0 && stand(), 5))")
        one.open(path)
        return one

    return make


def centre(staged, **more):
    one = staged("/centre", **more)
    expect(one.page.locator(".centre-map[data-ready=true][data-drawn] canvas").first).to_be_visible()
    return one


def row(number, change="accepted", point=CENTRE, version=2):
    return {
        "number": number, "kind": "k", "kind_name": "路灯", "state": "handling", "district": "14", "version": version, "change": change, "point": point,
        "changed_at": "2026-01-01T08:00:00Z",
    }


def test_many_events_ask_for_few_tiles(staged):
    one = centre(staged)
    del one.asked[:]
    # Thirty cases change in three seconds, all of them downtown.
    seconds = one.page.evaluate(
        """async (rows) => {
          const start = performance.now();
          for (const row of rows) {
            bring("case", row);
            await new Promise((done) => setTimeout(done, 100));
          }
          return (performance.now() - start) / 1000;
        }""", [row(f"n{number}") for number in range(30)])
    expect(one.page.locator(".ticker a[href='/cases/n29']")).to_be_visible()
    tiles = [url for url in one.asked if url.startswith(TILES)]
    assert tiles, "the map follows"
    assert len(set(tiles)) == 1, f"only the tile that holds them: {sorted(set(tiles))}"
    assert len(tiles) <= 1 + seconds / 5, f"{len(tiles)} requests in {seconds:.1f} s"
    assert len([url for url in one.asked if url.startswith("/api/overview")]) <= 1 + seconds / 5


def test_a_case_that_moves_asks_for_the_whole_map_and_one_without_a_place_for_nothing(staged):
    one = centre(staged)
    del one.asked[:]
    one.page.evaluate("(row) => bring('case', row)", row("nowhere", point=None))
    expect(one.page.locator(".ticker a[href='/cases/nowhere']")).to_be_visible()
    assert not [url for url in one.asked if url.startswith(TILES)]
    tiles = set()

    def is_second(request):
        if TILES in request.url:
            tiles.add(request.url)
        return len(tiles) > 1

    # Where it stood before, nobody says: every tile that is shown is asked for, also where nothing stands now.
    with one.page.expect_request(is_second):
        one.page.evaluate("(row) => bring('case', row)", row("moved", "placed"))


def test_a_page_that_nobody_sees_asks_for_nothing_until_it_is_seen(staged):
    one = centre(staged)
    one.page.evaluate(HIDE, True)
    del one.asked[:]
    one.page.evaluate("(rows) => rows.forEach((row) => bring('case', row))", [row(f"u{number}") for number in range(20)])
    # Longer than anything waits: what would have been asked for has been by then.
    one.page.evaluate("() => new Promise((done) => setTimeout(done, 500))")
    assert not one.asked
    with one.page.expect_request(lambda request: TILES in request.url), one.page.expect_request(lambda request: "/api/overview" in request.url):
        one.page.evaluate(HIDE, False)
    expect(one.page.locator(".ticker a[href='/cases/u19']")).to_be_visible()


def test_a_page_that_has_not_been_seen_for_long_lets_its_connection_go(staged):
    """A browser keeps six with a server, whatever its tabs: the seventh would stand still."""
    one = staged("/worklist", clock=True)
    one.page.evaluate(HIDE, True)
    one.page.clock.run_for(59_000)
    assert one.page.evaluate("() => streams.map((one) => one.readyState)") == [1]
    one.page.clock.run_for(2_000)
    assert one.page.evaluate("() => streams.map((one) => one.readyState)") == [2]
    with one.page.expect_request(lambda request: "/api/worklist" in request.url):
        one.page.evaluate(HIDE, False)
        one.page.clock.run_for(5_000)
    assert one.page.evaluate("() => streams.length") == 2


@pytest.mark.parametrize("path, keeps", [("/centre", False), ("/centre?wall=1", True)])
def test_a_page_that_nobody_touches_lets_the_session_end_and_a_wall_screen_keeps_it(staged, path, keeps):
    one = staged(path, clock=True)
    expect(one.page.locator(".ticker")).to_be_visible()
    one.page.clock.run_for(11_000)
    with one.page.expect_request(lambda request: "/api/overview" in request.url) as asked:
        # What the page asks for by itself, nothing having happened.
        one.page.clock.run_for(120_000)
    assert ("x-background" in asked.value.headers) is not keeps


def test_the_page_asks_once_the_stream_stands(staged):
    """What happens after the answer and before the stream would be lost: the stream stands first."""
    one = staged("/centre")
    assert one.page.evaluate("() => streams.length") == 1
    assert one.page.evaluate("() => early") == ["/api/session"]
    asked = [url.split("?")[0] for url in one.asked]
    assert asked.count("/api/overview") == 1 and asked.count("/api/alarms") == 1, asked


@pytest.mark.parametrize("path, question", [
    ("/centre", "/api/alarms"), ("/centre", "/api/overview"), ("/worklist", "/api/worklist"), ("/lifeline", "/api/alarms"),
])
def test_a_stream_that_stands_late_or_again_has_the_page_ask_anew(staged, path, question):
    one = staged(path, stands=False)
    for step in ("stand()", "lose(); stand()"):
        with one.page.expect_request(lambda request: question in request.url):
            one.page.evaluate(f"() => {{ {step}; }}")
        one.settled()


def test_what_happened_while_the_line_was_lost_is_on_the_cases_page_and_offered_by_the_list(staged, city):
    number = city.filed(text=f"路灯{chinese()}", point=place())
    one = staged(f"/cases/{number}", who="dispatcher")
    one.page.evaluate("() => lose()")
    city.act("dispatcher", number, "dispatch", department=city.departments[0], crew="crew-1", reason="theirs")
    one.state("pending_dispatch")
    one.page.evaluate("() => stand()")
    one.state("dispatched")
    listed = staged("/cases?state=open", who="dispatcher")
    listed.page.evaluate("() => { lose(); stand(); }")
    listed.button("cases.behind").click()
    listed.settled()
    expect(listed.button("cases.behind")).to_have_count(0)


def test_a_change_under_an_open_form_is_shown_when_it_is_closed(staged, city):
    number = city.filed(text=f"路灯{chinese()}", point=place())
    one = staged(f"/cases/{number}", who="dispatcher")
    one.page.locator("[data-action=cancel]").click()
    one.dialog()
    case = city.act("dispatcher", number, "dispatch", department=city.departments[0], crew="crew-1", reason="theirs")["case"]
    one.page.evaluate("(row) => bring('case', row)", row(number, "dispatched", version=case["version"]))
    one.state("pending_dispatch")
    one.button("action.cancel", one.dialog()).click()
    one.state("dispatched")


def test_a_new_case_is_announced_only_where_it_belongs(staged):
    one = staged("/cases?state=pending_dispatch&district=14")
    for number, district in (("a1", "13"), ("a2", "14")):
        new = {**row(number, "filed", version=1), "district": district, "state": "pending_dispatch"}
        one.page.evaluate("(row) => bring('case', row)", new)
    expect(one.page.locator(".list-news")).to_have_text(one.t("cases.news", n=1))


def test_the_frames_listeners_go_with_it(staged):
    """To the wall and back: the keys of one frame, not of all that there were."""
    one = centre(staged)
    for _ in range(3):
        one.page.keyboard.press("w")
        expect(one.page.locator(".wall")).to_be_visible()
        one.page.keyboard.press("w")
        expect(one.page.locator(".centre-grid")).to_be_visible()
    one.page.keyboard.press("w")
    expect(one.page.locator(".wall")).to_be_visible()
    one.page.keyboard.press("?")
    assert one.page.locator("dialog[open]").count() == 0, "the frame's keys went with the frame"
