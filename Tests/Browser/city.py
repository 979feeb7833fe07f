"""What happens in the city before the step that a test is about: told to the API, so that the browser shows that step only."""
import itertools
import random

from people import Person, eventually, key

# Somewhere nobody has reported the same thing just now: rows of points 200 m apart, from a corner that no run shares with another.
CORNER = (random.uniform(-118.55, -118.20), random.uniform(34.00, 34.30))
PLACES = itertools.count()


def place():
    number = next(PLACES)
    return {"lon": round(CORNER[0] + number % 30 * 0.002, 6), "lat": round(CORNER[1] - number // 30 * 0.002, 6)}


def chinese():
    """Four characters that nobody has written before."""
    return "".join(chr(random.randint(0x4E00, 0x9FA5)) for _ in range(4))


class City:
    KIND = "Single Streetlight Issue"

    def __init__(self, url, people, departments):
        self.url, self.people, self.departments = url, people, departments

    def report(self, text="路灯不亮", **more):
        """A citizen's report: number, token, link."""
        body = {"key": key(), "kind": self.KIND, "text": text, "address": "Main Street 1", "point": place(), **more}
        answer = Person(self.url).post("/api/public/reports", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def case(self, number, role="dispatcher"):
        answer = eventually(lambda: self.people[role].get(f"/api/cases/{number}"))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def act(self, role, number, action, **body):
        """One step of a case by somebody who may take it; the case afterwards."""
        self.case(number)
        answer = self.people[role].post(f"/api/cases/{number}/actions/{action}", {"key": key(), **body})
        assert answer.status_code == 200, f"{role} {action}: {answer.text}"
        return answer.json()

    def filed(self, text="路灯不亮", **more):
        """The number of a case that waits for a dispatcher."""
        number = self.report(text, **more)["number"]
        self.case(number)
        return number

    def dispatched(self, text="路灯不亮", crew="crew-1", **more):
        number = self.filed(text, **more)
        self.act("dispatcher", number, "dispatch", department=self.departments[0], crew=crew, reason="theirs")
        return number

    def handled(self, text="路灯不亮", **more):
        number = self.dispatched(text, **more)
        self.act("crew", number, "handled", note="换了灯泡")
        return number

    def closed(self, number):
        """Takes a case that waits for a dispatcher to its end."""
        self.act("dispatcher", number, "dispatch", department=self.departments[0], crew="crew-1", reason="theirs")
        self.act("crew", number, "handled", note="换了灯泡")
        self.act("checker", number, "check", passed=True)
        self.act("checker", number, "close")
        return number
