"""The services themselves refuse: asked with the console's own certificate and a genuine identity, as a console gone wrong would ask."""
import subprocess
import time

import grpc
import pytest

from people import key

IDENTITY = "chengyun-identity-bin"
REFUSED = {grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNAUTHENTICATED}


class Console:
    """Asks the services as the console does, on behalf of whom it likes."""

    def __init__(self, stubs, wire, people):
        self.stubs, self.wire, self.people = stubs, wire, people

    def proof(self, role):
        """What dispatch says of a person's session: signed by it, good for two minutes."""
        request = self.stubs.accounts.IdentifyRequest(session_token=self.people[role].token)
        with self.channel("dispatch") as channel:
            answer = self.stubs.service("accounts", "Accounts", channel).Identify(request, timeout=10)
        return answer.signed_identity

    def channel(self, service):
        return self.wire.channel(service, self.wire.credentials("console"))

    def ask(self, service, method, request, proof=None):
        """The answer, or the code and the sentence of the refusal."""
        name = service.capitalize()
        metadata = [(IDENTITY, proof if isinstance(proof, bytes) else proof.SerializeToString())] if proof else []
        with self.channel(service) as channel:
            call = getattr(self.stubs.service(service, name, channel), method)
            try:
                return call(request, timeout=10, metadata=metadata), None
            except grpc.RpcError as error:
                return error.code(), error.details()


@pytest.fixture(scope="module")
def rogue(stubs, wire, people):
    return Console(stubs, wire, people)


def accept(stubs, number, **more):
    command = stubs.dispatch.CaseCommand(idempotency_key=key(), number=number, **more)
    return stubs.dispatch.AcceptTaskRequest(command=command)


def test_another_departments_case_is_refused_by_dispatch_itself(rogue, stubs, city):
    number = city.dispatched(crew="")
    before = city.case(number)["case"]["version"]
    code, words = rogue.ask("dispatch", "AcceptTask", accept(stubs, number), rogue.proof("other"))
    assert code in REFUSED and words, (code, words)
    code, _ = rogue.ask("dispatch", "GetCase", stubs.dispatch.GetCaseRequest(number=number), rogue.proof("other"))
    assert code in REFUSED
    listed, _ = rogue.ask("dispatch", "ListCases", stubs.dispatch.ListCasesRequest(department=city.departments[0]), rogue.proof("other"))
    assert listed in REFUSED or not listed.cases
    assert city.case(number)["case"]["version"] == before, "somebody else's attempt changed it"
    answer, refusal = rogue.ask("dispatch", "AcceptTask", accept(stubs, number), rogue.proof("department"))
    assert refusal is None and answer.case_file.number == number


def test_who_acts_is_what_dispatch_signed_not_what_the_console_says(rogue, stubs, city):
    number = city.dispatched(crew="")
    request = accept(stubs, number)
    request.command.actor.id, request.command.actor.role, request.command.actor.name = "somebody", "operator", "Somebody Else"
    code, _ = rogue.ask("dispatch", "AcceptTask", request, rogue.proof("other"))
    assert code in REFUSED
    request.command.idempotency_key = key()
    _, refusal = rogue.ask("dispatch", "AcceptTask", request, rogue.proof("department"))
    assert refusal is None
    last = city.case(number)["history"][-1]
    assert last["actor"]["name"] == city.people["department"].name and last["actor"]["role"] == "department"


def test_without_an_identity_the_console_may_do_nothing_to_a_case(rogue, stubs, city):
    number = city.dispatched(crew="")
    for proof in (None, b"", b"\xff\xff\xff", b"\x0a\x03abc"):
        code, _ = rogue.ask("dispatch", "AcceptTask", accept(stubs, number), proof)
        assert code in REFUSED, proof
    assert rogue.ask("dispatch", "ListCases", stubs.dispatch.ListCasesRequest())[0] in REFUSED


def test_a_changed_identity_is_refused(rogue, stubs, city):
    """The signature of one identity under the words of another: a department's person who would be the duty chief."""
    number = city.dispatched(crew="")
    proof = rogue.proof("other")
    identity = stubs.common.Identity.FromString(proof.identity)
    identity.department = city.departments[0]
    forged = stubs.common.SignedIdentity(identity=identity.SerializeToString(), signature=proof.signature, certificate=proof.certificate)
    assert rogue.ask("dispatch", "AcceptTask", accept(stubs, number), forged)[0] in REFUSED
    chief = rogue.proof("centre")
    mixed = stubs.common.SignedIdentity(identity=chief.identity, signature=proof.signature, certificate=proof.certificate)
    assert rogue.ask("dispatch", "AcceptTask", accept(stubs, number), mixed)[0] in REFUSED


def test_an_identity_that_another_service_signed_is_refused(rogue, stubs, city, wire):
    """The console's own certificate is genuine, and not dispatch's."""
    now = time.time_ns() // 1000
    identity = stubs.common.Identity.FromString(rogue.proof("centre").identity)
    identity.issued_at_us, identity.expires_at_us = now, now + 60_000_000
    words = identity.SerializeToString()
    tls = wire.folder
    signed = openssl("dgst", "-sha256", "-sign", tls / "console.key", "-binary", given=b"chengyun identity v1\0" + words)
    der = openssl("x509", "-in", tls / "console.crt", "-outform", "DER")
    forged = stubs.common.SignedIdentity(identity=words, signature=signed, certificate=der)
    code, _ = rogue.ask("dispatch", "ListCases", stubs.dispatch.ListCasesRequest(), forged)
    assert code in REFUSED


def openssl(*arguments, given=None):
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout


def test_every_service_enforces_the_role(rogue, stubs, city):
    """For each service one thing that a role may not do, asked with that role's genuine identity."""
    intake, lifeline, feedback, evaluation = stubs.intake, stubs.lifeline, stubs.feedback, stubs.evaluation
    report = city.report()
    proofs = {role: rogue.proof(role) for role in ("auditor", "department", "administrator", "crew")}
    asked = [
        ("dispatch", "ListCases", stubs.dispatch.ListCasesRequest(), "auditor"),
        ("dispatch", "PutResponsibilities", stubs.dispatch.PutResponsibilitiesRequest(), "administrator"),
        ("intake", "ListReports", intake.ListReportsRequest(), "auditor"),
        ("intake", "RejectReport", intake.RejectReportRequest(idempotency_key=key(), report_id=b"\0" * 16, reason="x"), "crew"),
        ("lifeline", "AcknowledgeAlarm", lifeline.AcknowledgeAlarmRequest(idempotency_key=key(), alarm_id=b"\0" * 16), "department"),
        ("lifeline", "PutSensors", lifeline.PutSensorsRequest(), "administrator"),
        ("feedback", "GetReporter", feedback.GetReporterRequest(report_id=b"\0" * 16, unmask_reason="why not"), "crew"),
        ("evaluation", "GetIndicators", evaluation.GetIndicatorsRequest(by=evaluation.DIMENSION_DEPARTMENT), "auditor"),
        ("evaluation", "PutFormula", evaluation.Formula(indicator="x", version="1"), "administrator"),
    ]
    for service, method, request, role in asked:
        code, _ = rogue.ask(service, method, request, proofs[role])
        assert code is grpc.StatusCode.PERMISSION_DENIED, f"{role} {service}.{method}: {code}"
    assert report["number"]


def test_accounts_are_the_administrators_and_the_audit_list_the_auditors(rogue, stubs, people):
    accounts = stubs.accounts
    with rogue.channel("dispatch") as channel:
        service = stubs.service("accounts", "Accounts", channel)

        def code(method, request, role):
            try:
                getattr(service, method)(request, timeout=10, metadata=[(IDENTITY, rogue.proof(role).SerializeToString())])
                return None
            except grpc.RpcError as error:
                return error.code()

        user = accounts.User(name="made-by-a-dispatcher", display_name="x", roles=["administrator"])
        for role in ("dispatcher", "centre", "auditor"):
            assert code("PutUser", accounts.PutUserRequest(user=user), role) is grpc.StatusCode.PERMISSION_DENIED, role
            assert code("ListUsers", accounts.ListUsersRequest(), role) is grpc.StatusCode.PERMISSION_DENIED, role
        assert code("ListAudit", accounts.ListAuditRequest(), "dispatcher") is grpc.StatusCode.PERMISSION_DENIED
        assert code("ListAudit", accounts.ListAuditRequest(), "auditor") is None
        # A password that is not a one-time one is the operator's to give, not an administrator's.
        chosen = accounts.PutUserRequest(user=accounts.User(name=f"u-{key()[:8]}", display_name="x", roles=["evaluator"]), password="chosen by me 123")
        assert code("PutUser", chosen, "administrator") is not None
