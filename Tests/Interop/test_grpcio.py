"""A foreign peer: Python's grpcio with stubs made from proto/, over mutual TLS."""
import subprocess
import threading
import uuid

import grpc
import pytest


def report(stubs, **fields):
    intake = stubs.intake
    request = intake.SubmitReportRequest(
        idempotency_key=str(uuid.uuid4()), channel=intake.CHANNEL_WEB, kind="Graffiti Removal", text="paint on a wall", **fields)
    request.place.point.longitude, request.place.point.latitude = -118.2437, 34.0522
    request.reporter.name, request.reporter.phone = "王小明", "13812341234"
    return request


def test_a_report_is_submitted_followed_and_counted(stubs, wire):
    submitted = report(stubs)
    with wire.channel("intake") as channel:
        intake = stubs.service("intake", "Intake", channel)
        answer = intake.SubmitReport(submitted, timeout=10)
        assert answer.case_number and answer.tracking_token
        again = intake.SubmitReport(submitted, timeout=10)
        assert again.repeated and (again.report_id, again.tracking_token) == (answer.report_id, answer.tracking_token)

    with wire.channel("feedback") as channel:
        feedback = stubs.service("feedback", "Feedback", channel)
        request = stubs.feedback.FollowRequest(number=answer.case_number, tracking_token=answer.tracking_token)
        kinds = []
        follow = feedback.Follow(request, timeout=20, wait_for_ready=True)
        for progress in retry_until_known(feedback, request, follow):
            kinds += [milestone.kind for milestone in progress.milestones]
            if stubs.feedback.MILESTONE_KIND_DISPATCHED in kinds:
                break
        follow.cancel()
        assert kinds[0] in (stubs.feedback.MILESTONE_KIND_RECEIVED, stubs.feedback.MILESTONE_KIND_JOINED)

    with wire.channel("evaluation") as channel:
        evaluation = stubs.service("evaluation", "Evaluation", channel)
        rows = evaluation.GetIndicators(
            stubs.evaluation.GetIndicatorsRequest(by=stubs.evaluation.DIMENSION_DEPARTMENT, indicators=["requests", "closing_rate"]),
            timeout=10).rows
        figures = {row.group: {figure.indicator: figure for figure in row.figures} for row in rows}
        assert figures["OCB"]["requests"].numerator >= 2863
        assert 0 < figures["OCB"]["closing_rate"].value <= 1


def retry_until_known(feedback, request, follow):
    """Feedback hears of the report within moments; until then the number is not known to it."""
    for _ in range(100):
        try:
            yield from follow
            return
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.NOT_FOUND:
                raise
            threading.Event().wait(0.1)
            follow = feedback.Follow(request, timeout=20)
    raise AssertionError("feedback never heard of the report")


def test_a_stream_of_reports_is_answered_one_by_one(stubs, wire):
    wrong = report(stubs)
    wrong.kind = "no such kind"
    requests = [report(stubs), wrong, report(stubs)]
    with wire.channel("intake") as channel:
        answer = stubs.service("intake", "Intake", channel).SubmitReports(iter(requests), timeout=20)
    assert len(answer.accepted) == 2
    assert [failure.index for failure in answer.failed] == [1]
    assert answer.failed[0].idempotency_key == wrong.idempotency_key


def test_personal_data_is_masked_until_a_reason_is_given(stubs, wire, los_angeles):
    with wire.channel("intake") as channel:
        answer = stubs.service("intake", "Intake", channel).SubmitReport(report(stubs), timeout=10)
    request = stubs.feedback.GetReporterRequest(report_id=answer.report_id)
    with wire.channel("feedback") as channel:
        feedback = stubs.service("feedback", "Feedback", channel)
        for _ in range(100):
            try:
                shown = feedback.GetReporter(request, timeout=10)
                break
            except grpc.RpcError as error:
                assert error.code() == grpc.StatusCode.NOT_FOUND
                threading.Event().wait(0.1)
        assert (shown.name, shown.phone, shown.masked) == ("王**", "138****1234", True)
        request.unmask_reason = "回访需要"
        request.actor.id, request.actor.role = "acceptor-7", "acceptor"
        whole = feedback.GetReporter(request, timeout=10)
        assert (whole.name, whole.phone, whole.masked) == ("王小明", "13812341234", False)
    report_id = uuid.UUID(bytes=answer.report_id)
    assert los_angeles.sql(f"SELECT actor_id, reason FROM feedback.unmaskings WHERE report_id = '{report_id}'") == "acceptor-7|回访需要"
    for table in ("intake.events", "intake.reports", "feedback.reports"):
        assert los_angeles.sql(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%13812341234%'") == "0"


def test_the_secret_is_needed_to_follow(stubs, wire):
    with wire.channel("intake") as channel:
        answer = stubs.service("intake", "Intake", channel).SubmitReport(report(stubs), timeout=10)
    with wire.channel("feedback") as channel:
        feedback = stubs.service("feedback", "Feedback", channel)
        with pytest.raises(grpc.RpcError) as refused:
            feedback.GetProgress(
                stubs.feedback.FollowRequest(number=answer.case_number, tracking_token="0" * 20), timeout=10)
        assert refused.value.code() == grpc.StatusCode.NOT_FOUND


def submit_with(stubs, wire, credentials):
    with wire.channel("intake", credentials) as channel:
        with pytest.raises(grpc.RpcError) as refused:
            stubs.service("intake", "Intake", channel).SubmitReport(report(stubs), timeout=10)
    return refused.value.code()


def test_without_a_client_certificate_the_door_is_shut(stubs, wire):
    assert submit_with(stubs, wire, grpc.ssl_channel_credentials(wire.authority)) == grpc.StatusCode.UNAVAILABLE


def test_a_foreign_certificate_is_refused(stubs, wire, workspace):
    key, certificate = workspace / "foreign.key", workspace / "foreign.crt"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=operator",
         "-addext", "subjectAltName=URI:spiffe://los-angeles/city/node-1/operator", "-keyout", key, "-out", certificate],
        check=True, capture_output=True)
    credentials = grpc.ssl_channel_credentials(wire.authority, key.read_bytes(), certificate.read_bytes())
    assert submit_with(stubs, wire, credentials) == grpc.StatusCode.UNAVAILABLE


def test_a_service_may_do_only_what_its_name_allows(stubs, wire):
    """Lifeline's certificate is genuine, and may not drive the clock."""
    with wire.channel("intake", wire.credentials("lifeline")) as channel:
        with pytest.raises(grpc.RpcError) as refused:
            stubs.service("node", "Clock", channel).Drive(stubs.node.DriveClockRequest(to_us=1), timeout=10)
    assert refused.value.code() == grpc.StatusCode.PERMISSION_DENIED


def test_health_is_answered_by_every_service(wire, stubs, workspace):
    # The standard's own package name is taken by grpcio, so the method is called by its path.
    for service in wire.status["services"]:
        with wire.channel(service) as channel:
            check = channel.unary_unary("/grpc.health.v1.Health/Check", request_serializer=bytes, response_deserializer=bytes)
            assert check(b"", timeout=10) == b"\x08\x01"  # SERVING


def test_an_unknown_method_is_unimplemented(wire):
    with wire.channel("dispatch") as channel:
        call = channel.unary_unary("/chengyun.dispatch.v1.Dispatch/Fly", request_serializer=bytes, response_deserializer=bytes)
        with pytest.raises(grpc.RpcError) as refused:
            call(b"", timeout=10)
    assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED
