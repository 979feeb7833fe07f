internal import CityModel
internal import Events
internal import IntakeDomain

/// A report that was validated, placed and sealed: nothing in it can fail any more but the database. An object, because it passes through
/// many arrays on its way.
final class PreparedReport: Sendable {
  let command: Command
  let id: Identifier
  let channel: Channel
  let kindVersion: String
  let submission: Submission
  let placement: Placement
  let occurredAt: Instant
  /// Empty when anonymous.
  let sealedName: [UInt8]
  let sealedPhone: [UInt8]
  let filing: FilingRequest

  init(
    command: Command, id: Identifier, channel: Channel, kindVersion: String, submission: Submission, placement: Placement,
    occurredAt: Instant, sealedName: [UInt8], sealedPhone: [UInt8], filing: FilingRequest
  ) {
    self.command = command
    self.id = id
    self.channel = channel
    self.kindVersion = kindVersion
    self.submission = submission
    self.placement = placement
    self.occurredAt = occurredAt
    self.sealedName = sealedName
    self.sealedPhone = sealedPhone
    self.filing = filing
  }
}

/// What the reporter is told.
struct FilingAnswer: Sendable, Hashable {
  var reportID: Identifier
  var state: ReportState
  var caseID: Identifier?
  var caseNumber = ""
  var words = Words.none
  var duplicateOf: Identifier?
  /// Where the facts stand in the log; for a repeated answer any later place.
  var position: EventPosition?
  var repeated = false
}

/// A report with what the desk decided about it.
final class FiledReport: Sendable {
  let report: PreparedReport
  let outcome: FilingOutcome
  let answer: FilingAnswer
  /// The open case that it repeats, and why that is thought.
  let duplicate: Identifier?
  let duplicateReason: Words
  /// Why it has no case.
  let reason: Words

  var state: ReportState { answer.state }
  var caseID: Identifier? { answer.caseID }
  var caseNumber: String { answer.caseNumber }

  init(report: PreparedReport, outcome: FilingOutcome) {
    self.report = report
    self.outcome = outcome
    var answer = FilingAnswer(reportID: report.id, state: .filed)
    let match: DuplicateMatch?
    switch outcome {
    case .filed(let number, let repeated):
      match = repeated
      answer.caseID = report.filing.caseID
      answer.caseNumber = number.description
      answer.words = Words("已受理并立案，案卷号\(answer.caseNumber)。", "Received and filed as case \(answer.caseNumber).")
      reason = .none
    case .linked(let joined):
      match = joined
      answer.state = .linked
      answer.caseID = joined.opened.id
      answer.caseNumber = joined.opened.number
      answer.words = Words(
        "该问题已有人反映，已并入案卷\(answer.caseNumber)。", "Somebody reported this before; it was added to case \(answer.caseNumber).")
      reason = .none
    case .notFiled(let repeated):
      match = repeated
      answer.state = .notFiled
      answer.words = Self.notCovered(report.filing.kind)
      reason = answer.words
    }
    answer.duplicateOf = match?.opened.id
    duplicate = answer.duplicateOf
    duplicateReason = match?.words ?? .none
    self.answer = answer
  }

  private static func notCovered(_ kind: CodeTable.Code) -> Words {
    Words(
      "没有立案标准适用于“\(kind.name)”，不予立案。",
      "No filing standard covers \"\(kind.nameInEnglish.isEmpty ? kind.name : kind.nameInEnglish)\", so no case was opened.")
  }
}
