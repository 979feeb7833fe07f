internal import ChengyunDomain
internal import CityModel
internal import IntakeAPI

/// What a running replay remembers of each row.
struct ReplayLedger {
  private let cases: [SourceCase]
  private(set) var caseIDs: [Identifier?]
  private(set) var summary = ReplaySummary()
  private(set) var rejected: [RejectedRow] = []

  init(_ input: ReplayInput) {
    cases = input.plan.cases
    caseIDs = Array(repeating: nil, count: cases.count)
    summary.open = cases.count { !$0.outcome.isEnded }
  }

  mutating func note(_ response: SubmitReportResponse, for index: Int) {
    guard response.state != .rejected, response.state != .notFiled, let id = Identifier(bytes: response.caseId) else {
      return reject(index, "intake did not file it: \(response.message)")
    }
    // A report that joined another one's case does not end it.
    if response.state != .linked { caseIDs[index] = id }
    summary.reports += 1
    if response.repeated { summary.repeated += 1 }
    if !response.duplicateOf.isEmpty || response.state == .linked { summary.duplicates += 1 }
    if cases[index].place.point == nil { summary.withoutPlace += 1 }
  }

  mutating func noteEnd(of index: Int) {
    switch cases[index].outcome {
    case .open: break
    case .closed, .closedDuplicate: summary.closed += 1
    case .cancelled: summary.cancelled += 1
    case .referred: summary.referred += 1
    }
  }

  mutating func reject(_ index: Int, _ reason: String) {
    rejected.append(RejectedRow(line: cases[index].line, reason: reason, raw: cases[index].id))
    if !cases[index].outcome.isEnded { summary.open -= 1 }
  }
}
