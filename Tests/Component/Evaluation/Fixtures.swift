import CityModel
import CommonAPI
import DispatchAPI
import EvaluationDomain
import Events
import FeedbackAPI
import IntakeAPI
import Postgres
import TestKit
import Wire

@testable import EvaluationService

/// The evaluation service's stores on a schema of their own.
struct TestEvaluation: Sendable {
  let database: Database

  var formulas: FormulaStore { FormulaStore(database: database) }
  var figures: FigureStore { FigureStore(database: database, timeZone: "America/Los_Angeles") }

  func apply(_ events: [RecordedEvent]) async throws {
    try await database.transaction { transaction in
      try await ApplyDispatchFacts.apply(events.filter { $0.type == "dispatch.case_changed" }, in: transaction)
      try await ApplyIntakeFacts.apply(events.filter { $0.type.hasPrefix("intake.") }, in: transaction)
      try await ApplyFeedbackFacts.apply(events.filter { $0.type.hasPrefix("feedback.") }, in: transaction)
    }
  }

  /// The figures of some indicators by group.
  func count(_ indicators: [String], by dimension: EvaluationDomain.Dimension, period: EvaluationDomain.Period = .none) async throws
    -> [CountedRow]
  {
    try await GetIndicators(formulas: formulas, figures: figures).run(
      indicators, by: dimension, period: period, range: CountedRange(), now: Instant(seconds: 2_000_000_000))
  }
}

func withEvaluation(_ body: @escaping @Sendable (TestEvaluation) async throws -> Void) async throws {
  try await withDatabase(EventsSchema.migrations + EvaluationService.migrations) { test in
    try await body(TestEvaluation(database: test.database))
  }
}

/// A made-up city: cases with random histories, the same for the same seed.
struct MadeUpCity {
  var cases: [CaseRecord] = []
  var scores: [Identifier: Int16] = [:]
  var events: [RecordedEvent] = []

  init(seed: UInt64, count: Int) {
    var random = SplitMix(seed)
    for number in 0..<count {
      let id = Identifier(high: 0x0160_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number))
      let filed = Instant(seconds: 1_512_115_200 + Int64.random(in: 0..<3_000_000, using: &random))
      var file = Case(
        id: id.bytes, number: "n\(number)", state: .pendingDispatch, version: 1, kind: ["lamp", "litter"].randomElement(using: &random)!,
        place: Place(districtCode: ["", "1", "2"].randomElement(using: &random)!, streetCode: "s"), filedAtUs: filed.microseconds,
        externalRef: "r\(number)", channel: Int32.random(in: 1...3, using: &random))
      file.unplaced = file.place?.districtCode.isEmpty ?? true
      if Bool.random(using: &random) { file.dueAtUs = filed.microseconds + Int64.random(in: 0..<400_000_000_000, using: &random) }
      let steps = Int.random(in: 1...4, using: &random)
      for step in 1...steps {
        file.version = Int32(step)
        if step == 2 {
          file.state = .dispatched
          file.department = ["A", "B"].randomElement(using: &random)!
          file.dispatchedAtUs = filed.microseconds + 1_000_000
          file.returnCount = Int32.random(in: 0...1, using: &random)
        }
        if step == 3 { file.handledAtUs = filed.microseconds + Int64.random(in: 1..<300_000_000_000, using: &random) }
        if step == 4 {
          file.state = [CaseState.closed, .closed, .cancelled, .referred].randomElement(using: &random)!
          // Now and then the source says that it ended before it began.
          file.endedAtUs = filed.microseconds + Int64.random(in: -50_000_000_000..<500_000_000_000, using: &random)
        }
        events.append(Self.changed(file, id))
      }
      cases.append(try! CaseRecord(CaseChanged(fact: CaseFact(version: file.version, occurredAtUs: file.endedAtUs), caseFile: file)))
      if file.state == .closed, Bool.random(using: &random) {
        let score = Int32.random(in: 1...5, using: &random)
        scores[id] = Int16(score)
        events.append(
          Self.event("feedback.rated", id, FeedbackEvent(fact: .rated(Rated(reportId: id.bytes, caseId: id.bytes, score: score))).encoded())
        )
      }
    }
  }

  static func changed(_ file: Case, _ id: Identifier) -> RecordedEvent {
    let change = CaseChanged(fact: CaseFact(version: file.version, occurredAtUs: file.endedAtUs), caseFile: file)
    return event("dispatch.case_changed", id, DispatchEvent(fact: .caseChanged(change)).encoded())
  }

  static func event(_ type: String, _ subject: Identifier, _ body: [UInt8]) -> RecordedEvent {
    RecordedEvent(
      position: EventPosition(transaction: 1, sequence: 1), type: type, subject: subject, occurredAt: .epoch, recordedAt: .epoch, body: body
    )
  }

  /// Whether a term is true of a case: written anew, independent of the service's SQL.
  func truth(_ record: CaseRecord) -> (Term) -> Bool {
    { term in
      switch term {
      case .filed: true
      case .closed: record.outcome == .closed
      case .cancelled: record.outcome == .cancelled
      case .referred: record.outcome == .referred
      case .open: record.outcome == .open
      case .dispatched: record.dispatchedAt != nil
      case .handled: record.handledAt != nil
      case .onTime: record.dueAt.flatMap { due in record.endedAt.map { $0 <= due } } ?? false
      case .handledOnTime: record.dueAt.flatMap { due in record.handledAt.map { $0 <= due } } ?? false
      case .overdue: record.overdue
      case .supervised: record.supervised
      case .urgent: record.urgent
      case .returned: record.returns > 0
      case .reworked: record.reworks > 0
      case .reopened: record.reopens > 0
      case .duplicate: record.duplicate
      case .placed: !record.unplaced
      case .withDeadline: record.dueAt != nil
      case .asked, .answered: scores[record.id] != nil
      case .satisfied: scores[record.id].map { $0 >= 3 } ?? false
      case .received, .opened, .linked, .rejected, .notFiled, .locatable: false
      }
    }
  }
}

struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
