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

  func apply(_ events: [RecordedEvent], to generation: Generation = .counted) async throws {
    try await database.transaction { transaction in
      try await ApplyDispatchFacts.apply(events.filter { $0.type == "dispatch.case_changed" }, to: generation, in: transaction)
      try await ApplyIntakeFacts.apply(events.filter { $0.type.hasPrefix("intake.") }, to: generation, in: transaction)
      try await ApplyFeedbackFacts.apply(events.filter { $0.type.hasPrefix("feedback.") }, to: generation, in: transaction)
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
  /// Of those cases that were checked, the longest wait between a handling and its check, in microseconds.
  var slowestChecks: [Identifier: Int64] = [:]
  var events: [RecordedEvent] = []

  init(seed: UInt64, count: Int) {
    var random = SplitMix(seed)
    for number in 0..<count {
      let id = Identifier(high: 0x0160_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number))
      let filed = Instant(seconds: 1_512_115_200 + Int64.random(in: 0..<3_000_000, using: &random))
      var file = Case(
        id: id.bytes, number: "n\(number)", state: .pendingDispatch, version: 0, kind: ["lamp", "litter"].randomElement(using: &random)!,
        place: Place(districtCode: ["", "1", "2"].randomElement(using: &random)!, streetCode: "s"), filedAtUs: filed.microseconds,
        externalRef: "r\(number)", channel: Int32.random(in: 1...3, using: &random))
      file.unplaced = file.place?.districtCode.isEmpty ?? true
      if Bool.random(using: &random) { file.dueAtUs = filed.microseconds + Int64.random(in: 0..<400_000_000_000, using: &random) }
      let steps = Int.random(in: 1...4, using: &random)
      for step in 1...steps {
        file.version += 1
        if step == 2 {
          file.state = .dispatched
          file.department = ["A", "B"].randomElement(using: &random)!
          // To the microsecond at the limit, beyond it, at once.
          file.dispatchedAtUs = filed.microseconds + [1_000_000, 900_000_000, 900_000_001].randomElement(using: &random)!
          file.checkRequired = Bool.random(using: &random)
          file.returnCount = Int32.random(in: 0...1, using: &random)
        }
        var fact = FactKind.unspecified
        var at = filed.microseconds
        if step == 3 {
          at += Int64.random(in: 1..<300_000_000_000, using: &random)
          (fact, file.handledAtUs) = (.handled, at)
        }
        if step == 4 {
          file.state = [CaseState.closed, .closed, .cancelled, .referred].randomElement(using: &random)!
          // Now and then the source says that it ended before it began.
          file.endedAtUs = filed.microseconds + Int64.random(in: -50_000_000_000..<500_000_000_000, using: &random)
        }
        events.append(Self.changed(file, id, fact, at))
        if step == 3, file.checkRequired, Bool.random(using: &random) {
          // A failed check clears the handling; a second handling and a second check may follow.
          let waits = (0..<Int.random(in: 1...2, using: &random)).map { _ -> Int64 in
            [1_000_000, 86_400_000_000, 86_400_000_001].randomElement(using: &random)!
          }
          for (number, wait) in waits.enumerated() {
            if number > 0 {
              (file.version, file.handledAtUs) = (file.version + 1, at)
              events.append(Self.changed(file, id, .handled, at))
            }
            at += wait
            file.version += 1
            let isLast = number == waits.count - 1
            if !isLast { (file.handledAtUs, file.reworkCount) = (0, file.reworkCount + 1) }
            events.append(Self.changed(file, id, isLast ? .checkPassed : .checkFailed, at))
          }
          slowestChecks[id] = waits.max()!
        }
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

  static func changed(_ file: Case, _ id: Identifier, _ kind: FactKind, _ at: Int64) -> RecordedEvent {
    let change = CaseChanged(fact: CaseFact(version: file.version, kind: kind, occurredAtUs: at), caseFile: file)
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
      case .dispatchedInLimit: record.dispatchedAt.map { $0.microseconds - record.filedAt.microseconds <= 900_000_000 } ?? false
      case .checkRequired: record.checkRequired
      case .checked: slowestChecks[record.id] != nil
      case .checkedInLimit: slowestChecks[record.id].map { $0 <= 86_400_000_000 } ?? false
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
      case .received, .opened, .linked, .rejected, .notFiled, .filedInLimit, .locatable: false
      }
    }
  }
}
