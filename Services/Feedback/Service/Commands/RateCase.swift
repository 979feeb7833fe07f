internal import CityModel
internal import Cryptography
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
    let command = Command(key: try Self.key(request.idempotencyKey, of: report), method: "Rate", request: request.encoded())
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

  /// Most code points of the caller's key: 200.
  static let keyLimit = 200

  /// Keys of different reporters do not meet. The whole key counts: one that the log of commands has no room for stands there as its
  /// SHA-256.
  static func key(_ given: String, of report: Identifier) throws -> String {
    guard !given.isEmpty else { return "" }
    guard PlainText.isLine(given, atMost: keyLimit) else { throw FeedbackRefusal.keyNotUsable }
    let whole = "rate:\(report):\(given)"
    if whole.unicodeScalars.count <= keyLimit { return whole }
    return "rate#\(report):" + Hash.sha256(Array(given.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
