import CityModel
import CommonAPI
import Cryptography
import DispatchAPI
import Events
import FeedbackAPI
import FeedbackDomain
import IntakeAPI
import NodeKit
import Postgres
import Reactor
import TestKit
import Wire

@testable import FeedbackService

/// The feedback service without its neighbours.
struct TestFeedback: Sendable {
  static let key = [UInt8](repeating: 7, count: 32)

  let database: Database
  let clock = ManualClock(Instant(seconds: 1_514_800_000))
  let tokens = TrackingTokens(key: key)
  let cipher = FieldCipher(key: key)
  let followers = Followers()

  var milestones: MilestoneStore { MilestoneStore(database: database) }
  var follow: FollowCase { FollowCase(milestones: milestones, clock: clock, followers: followers) }
  var rate: RateCase { RateCase(database: database, follow: follow, clock: clock) }
  var show: ShowReporter { ShowReporter(contacts: ReporterContactStore(database: database), cipher: cipher, clock: clock) }

  func intake(_ facts: IntakeEvent.Fact...) async throws { try await intake(facts) }

  func intake(_ facts: [IntakeEvent.Fact]) async throws {
    let events = facts.map { recorded(IntakeEvent(fact: $0).encoded()) }
    try await database.transaction { try await ApplyIntakeFacts(clock: clock, tokens: tokens).apply(events, in: $0) }
  }

  func dispatch(_ facts: [DispatchEvent.Fact]) async throws {
    let events = facts.map { recorded(DispatchEvent(fact: $0).encoded()) }
    try await database.transaction { try await ApplyDispatchFacts(clock: clock).apply(events, in: $0) }
  }

  func rate(_ report: Int, _ score: Int32, key: String, text: String = "") async throws -> RateResponse {
    try await rate.run(
      RateRequest(idempotencyKey: key, number: "n1", trackingToken: tokens.token(for: id(report)), score: score, text: text))
  }

  /// Follows from a sequence, until it ends; what it was told.
  func following(_ report: Int, after sequence: Int32 = 0) -> Task<[FeedbackDomain.MilestoneKind], any Error> {
    Reactor.current!.spawn {
      var kinds: [FeedbackDomain.MilestoneKind] = []
      try await follow.follow(numbered: "n1", token: tokens.token(for: id(report)), after: sequence) {
        kinds += $0.milestones.map(\.kind)
      }
      return kinds
    }
  }

  func recorded(_ body: [UInt8]) -> RecordedEvent {
    RecordedEvent(
      position: EventPosition(transaction: 1, sequence: 1), type: "x", subject: id(0), occurredAt: clock.now(), recordedAt: clock.now(),
      body: body)
  }

  func told(_ report: Int) async throws -> [FeedbackDomain.MilestoneKind] {
    try await milestones.view(of: id(report), after: 0).milestones.map(\.kind)
  }

  /// What feedback told the others, by type.
  func facts() async throws -> [FeedbackEvent.Fact] {
    try await database.query("SELECT body FROM events ORDER BY id").column([UInt8].self).compactMap { try FeedbackEvent(decoding: $0).fact }
  }
}

func withFeedback(_ body: @escaping @Sendable (TestFeedback) async throws -> Void) async throws {
  try await withDatabase(EventsSchema.migrations + FeedbackService.migrations) { test in
    try await body(TestFeedback(database: test.database))
  }
}

func id(_ number: Int) -> Identifier { Identifier(high: 0x0160_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number)) }

func received(
  _ report: Int, case number: Int, _ state: ReportState = .filed, name: [UInt8] = [], phone: [UInt8] = [], district: String = ""
) -> IntakeEvent.Fact {
  .reportReceived(
    ReportReceived(
      reportId: id(report).bytes, state: state, caseId: state == .rejected ? [] : id(number).bytes,
      caseNumber: state == .rejected ? "" : "n\(number)", place: Place(districtCode: district), reason: state == .rejected ? "不在范围" : "",
      sealedName: name, sealedPhone: phone))
}

func changed(
  _ number: Int, version: Int32, _ kind: FactKind, _ state: CaseState, department: String = "环卫局", named: String = "",
  by role: String = "dispatcher", reason: String = "r"
) -> DispatchEvent.Fact {
  .caseChanged(
    CaseChanged(
      fact: CaseFact(
        version: version, kind: kind, actor: Actor(role: role), reason: reason, occurredAtUs: 1_514_800_000_000_000 + Int64(version)),
      caseFile: Case(id: id(number).bytes, number: "n\(number)", state: state, version: version, department: department),
      departmentName: named))
}

func rejection(_ report: Int, case number: Int) -> IntakeEvent.Fact {
  .reportRejected(ReportRejected(reportId: id(report).bytes, caseId: number == 0 ? [] : id(number).bytes, reason: "不在范围"))
}

func placed(_ report: Int, district: String) -> IntakeEvent.Fact {
  .reportPlaced(ReportPlaced(reportId: id(report).bytes, place: Place(districtCode: district)))
}

func unlinked(_ report: Int, from: Int, to: Int) -> IntakeEvent.Fact {
  .reportUnlinked(
    ReportUnlinked(reportId: id(report).bytes, caseId: id(from).bytes, newCaseId: id(to).bytes, newCaseNumber: "n\(to)"))
}

let untilClosed: [DispatchEvent.Fact] = [
  changed(1, version: 1, .filed, .pendingDispatch), changed(1, version: 2, .dispatched, .dispatched),
  changed(1, version: 3, .handled, .handled), changed(1, version: 4, .closed, .closed),
]
