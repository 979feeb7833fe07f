internal import CityModel
internal import Events
internal import IntakeDomain

/// A report that was validated, placed and sealed: nothing in it can fail any more but the database.
struct PreparedReport: Sendable {
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
struct FiledReport: Sendable {
  let report: PreparedReport
  let outcome: FilingOutcome

  var state: ReportState {
    switch outcome {
    case .filed: .filed
    case .linked: .linked
    case .notFiled: .notFiled
    }
  }

  var caseID: Identifier? {
    switch outcome {
    case .filed: report.filing.caseID
    case .linked(let match): match.opened.id
    case .notFiled: nil
    }
  }

  var caseNumber: String {
    switch outcome {
    case .filed(let number, _): number.description
    case .linked(let match): match.opened.number
    case .notFiled: ""
    }
  }

  /// The open case that it repeats.
  var duplicate: DuplicateMatch? {
    switch outcome {
    case .filed(_, let match), .notFiled(let match): match
    case .linked(let match): match
    }
  }

  /// Why it has no case.
  var reason: Words {
    guard case .notFiled = outcome else { return .none }
    let name = report.filing.kind
    return Words(
      "没有立案标准适用于“\(name.name)”，不予立案。",
      "No filing standard covers \"\(name.nameInEnglish.isEmpty ? name.name : name.nameInEnglish)\", so no case was opened.")
  }

  var answer: FilingAnswer {
    let words: Words =
      switch outcome {
      case .filed(let number, _): Words("已受理并立案，案卷号\(number)。", "Received and filed as case \(number).")
      case .linked(let match):
        Words("该问题已有人反映，已并入案卷\(match.opened.number)。", "Somebody reported this before; it was added to case \(match.opened.number).")
      case .notFiled: reason
      }
    return FilingAnswer(
      reportID: report.id, state: state, caseID: caseID, caseNumber: caseNumber, words: words, duplicateOf: duplicate?.opened.id)
  }
}
