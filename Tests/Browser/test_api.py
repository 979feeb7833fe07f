"""The API's own description against what the console does: whatever it allows, and whatever it does not, is answered as it says, and never
with a failure of ours."""
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from people import Person

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Requests as described, and requests with something wrong in them: of each operation, for each of the three who ask.
RIGHT, WRONG = 8, 5
# Bytes. What browsers and proxies let pass.
LONGEST_ADDRESS = 8_000
# Streams do not end; what ends the session or changes its password would end the test.
LEFT_OUT = {
    "/api/live", "/api/public/reports/{number}/stream", "/api/session", "/api/session/password", "/api/session/second-factor",
    "/api/users/{id}", "/api/users/{id}/password-reset", "/api/sessions/{id}",
}


@pytest.fixture(scope="session")
def document(console):
    schema = schemathesis.openapi.from_url(f"{console}/api/openapi.json")
    return [found.ok() for found in schema.get_all_operations()]


def explore(operation, person, mode, examples, statuses):
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False,
        phases=[Phase.generate])
    def run(case):
        headers = {"X-CSRF-Token": person.csrf} if operation.method.upper() != "GET" else {}
        answer = case.call(session=person.http, headers=headers, timeout=30)
        if len(answer.request.url) > LONGEST_ADDRESS:
            # The HTTP server beneath may refuse it before anybody of ours sees it: not an answer that the document speaks of.
            assert 400 <= answer.status_code < 500
            return
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    try:
        run()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # nothing can be wrong with it


@pytest.mark.parametrize("who", ["anonymous", "centre", "administrator"])
def test_the_document_is_true(document, console, people, who):
    answered, failures = 0, []
    person = None if who == "anonymous" else people.enlist(who, "explorer")
    for operation in document:
        if operation.path in LEFT_OUT:
            continue
        # Strangers are counted by address: each operation is asked from another one.
        asking, statuses = person or Person(console), set()
        for mode, examples in ((GenerationMode.POSITIVE, RIGHT), (GenerationMode.NEGATIVE, WRONG)):
            try:
                explore(operation, asking, mode, examples, statuses)
            except Exception as error:  # every operation is tried before any is reported
                failures.append(f"{operation.method.upper()} {operation.path} ({mode}): {error}")
        answered += bool(statuses & {200, 204})
    assert answered >= {"anonymous": 4, "centre": 15, "administrator": 3}[who], "most of what was asked was refused at the door"
    assert not failures, "\n\n".join(failures)
