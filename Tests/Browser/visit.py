"""A page in the browser with a record of what went wrong on it, and what a person does there."""
import re

from playwright.sync_api import expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1440, "height": 900}}
PATIENCE_MS = 45_000
LANGUAGES = ("zh", "en")

expect.set_options(timeout=PATIENCE_MS)


class Visit:
    def __init__(self, context, url, texts, language):
        self.context, self.url, self.texts, self.language = context, url, texts, language
        self.problems, self.expected = [], set()
        context.set_default_timeout(PATIENCE_MS)
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(f"JavaScript: {error}"))
        self.page.on("console", self._console)
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)

    def _console(self, message):
        # What Chromium says of an answer above 399 is recorded by its status.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _failed(self, request):
        # A page that is left ends its live stream and what it still asked for.
        if request.failure not in ("net::ERR_ABORTED",):
            self.problems.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _response(self, response):
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"{response.status}: {response.request.method} {response.url}")

    def t(self, key, **values):
        """The text of a key in the visit's language."""
        text = self.texts[key][self.language == "en"]
        return re.sub(r"\{(\w+)\}", lambda name: str(values.get(name[1], name[0])), text)

    def open(self, path):
        before, mark, after = path.partition("#")
        self.page.goto(f"{self.url}{before}{'&' if '?' in before else '?'}lang={self.language}{mark}{after}", wait_until="load")
        return self.settled()

    def settled(self):
        """Nothing is being loaded any more, as the page itself says it."""
        self.page.wait_for_selector("h1", state="attached")
        self.page.wait_for_function("() => !document.querySelector('.skeleton,[aria-busy=true]')")
        return self.page

    def button(self, key, within=None, **values):
        return (within or self.page).get_by_role("button", name=self.t(key, **values), exact=True)

    def link(self, key, within=None):
        return (within or self.page).get_by_role("link", name=self.t(key), exact=True)

    def field(self, key, within=None):
        """A labelled field; what is optional says so in its label."""
        label = re.escape(self.t(key)) + r"\s*(" + re.escape(self.t("field.optional")) + ")?"
        return (within or self.page).get_by_label(re.compile(f"^{label}$"))

    def dialog(self):
        shown = self.page.locator("dialog[open]")
        expect(shown).to_be_visible()
        return shown

    def confirm(self, key):
        """The dialog's own command; the dialog is gone afterwards."""
        self.dialog().locator("button[type=submit]", has_text=self.t(key)).click()
        expect(self.page.locator("dialog[open]")).to_have_count(0)

    def done(self, key):
        """The message that something was done."""
        expect(self.page.locator(".toast", has_text=self.t("do.done", action=self.t(key))).first).to_be_visible()

    def state(self, code):
        """The case's state as its page shows it."""
        expect(self.page.locator(".case-head")).to_contain_text(self.t(f"state.{code}"))

    def live(self):
        """What happens from now on is heard of."""
        expect(self.page.locator(".live")).to_have_attribute("data-state", "live")

    def never_reloaded(self):
        """Call before and after: the second call says whether the page is still the same one."""
        return self.page.evaluate("() => { const same = Boolean(window.sameDocument); window.sameDocument = true; return same; }")
