internal import CityModel
internal import Events
internal import IntakeDomain

/// The decisions about one batch: who was answered before, who repeats a key within the batch, what the desk says about the others.
struct FilingBatch {
  private enum Verdict {
    case fresh(Int)
    /// The same key and content as an earlier report of the batch.
    case sameAs(Int)
    case answered([UInt8])
    case conflict(String)
  }

  private let reports: [PreparedReport]
  private let known: FilingKnowledge
  private let timeZone: CityTimeZone
  private var verdicts: [Verdict] = []
  /// The reports that are stored now, in the batch's order.
  private(set) var filed: [FiledReport] = []

  init(reports: [PreparedReport], known: FilingKnowledge, timeZone: CityTimeZone) {
    self.reports = reports
    self.known = known
    self.timeZone = timeZone
  }

  /// Reports that were filed by earlier transactions.
  func repeatedReports() throws -> [Identifier] {
    try verdicts.compactMap { verdict in
      if case .answered(let response) = verdict { try FilingAnswer(stored: response).reportID } else { nil }
    }
  }

  mutating func decide(_ reserve: NumberReserve) {
    var desk = FilingDesk(timeZone: timeZone)
    var first: [String: Int] = [:]
    for (index, report) in reports.enumerated() {
      let key = report.command.key
      if let answered = known.answered[key] {
        verdicts.append(answered.isAnswer(to: report.command) ? .answered(answered.response) : .conflict(key))
      } else if let earlier = first[key] {
        verdicts.append(reports[earlier].command == report.command ? .sameAs(earlier) : .conflict(key))
      } else {
        first[key] = index
        let outcome = desk.decide(report.filing, candidates: known.candidates[index], nextNumber: reserve.take)
        verdicts.append(.fresh(filed.count))
        filed.append(FiledReport(report: report, outcome: outcome))
      }
    }
  }

  /// - Parameters:
  ///   - position: Of the batch's own facts.
  ///   - repeatedAt: Where the facts of repeated answers stand, or later.
  func results(position: EventPosition?, repeatedAt: EventPosition?) throws -> [ReportFiler.Result] {
    try verdicts.map { verdict in
      switch verdict {
      case .fresh(let index):
        var answer = filed[index].answer
        answer.position = position
        return .success(answer)
      case .sameAs(let earlier):
        guard case .fresh(let index) = verdicts[earlier] else { preconditionFailure("a first report is fresh") }
        var answer = filed[index].answer
        answer.position = position
        answer.repeated = true
        return .success(answer)
      case .answered(let response):
        var answer = try FilingAnswer(stored: response)
        answer.position = repeatedAt
        answer.repeated = true
        return .success(answer)
      case .conflict(let key): return .failure(.keyReused(key))
      }
    }
  }

}
