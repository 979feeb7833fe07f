internal import CityModel
internal import Events
internal import FeedbackAPI
internal import FeedbackDomain
internal import Postgres
internal import Wire

/// 回访: a reporter answers; dissatisfaction reopens the case once.
struct RateCase: Sendable {
  let database: Database
  let follow: FollowCase
  let clock: any CityClock

  func run(_ request: RateRequest) async throws -> RateResponse {
    let report = try await follow.report(numbered: request.number, token: request.trackingToken)
    let now = clock.now()
    let command = Command(key: Self.key(request, report), method: "Rate", request: request.encoded())
    var isFresh = false
    let answer = try await CommandLog.once(command, in: database, recordedAt: now) { transaction in
      isFresh = true
      let rows = try await transaction.pipeline([FollowUpStore.lockCase(of: report), FollowUpStore.newest(of: report)])
      guard let newest = try FollowUpStore.Newest(rows[1]) else { throw FeedbackRefusal.notAsked }
      let verdict = try newest.followUp.rate(score: request.score, text: request.text)
      let fact = Rated(
        reportId: report.bytes, caseId: newest.caseID.bytes, number: request.number, score: request.score, satisfied: verdict.isSatisfied,
        reopen: verdict.reopens, text: request.text, department: newest.department)
      let event = NewEvent(
        type: "feedback.rated", subject: newest.caseID, occurredAt: now, body: FeedbackEvent(fact: .rated(fact)).encoded())
      return CommandOutcome(
        response: RateResponse(reopened: verdict.reopens).encoded(),
        statements: FollowUpStore.answer(report, newest, verdict, text: request.text, at: now)
          + [EventLog.append([event], recordedAt: now)])
    }
    var response = try RateResponse(decoding: answer)
    response.repeated = !isFresh
    return response
  }

  /// Keys of different reporters do not meet.
  private static func key(_ request: RateRequest, _ report: Identifier) -> String {
    request.idempotencyKey.isEmpty ? "" : "rate:\(report):\(request.idempotencyKey.prefix(100))"
  }
}
