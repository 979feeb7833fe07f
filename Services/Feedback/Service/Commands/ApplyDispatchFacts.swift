internal import CityModel
internal import DispatchAPI
internal import Events
internal import FeedbackDomain
internal import Postgres
internal import Wire

/// Tells the reporters of each case what dispatch made public, and asks them when it is closed.
struct ApplyDispatchFacts: Sendable {
  static let types = ["dispatch.case_changed"]

  let clock: any CityClock

  /// - Throws: `UnreadableFact`: the consumer stops there, rather than keep something from a citizen.
  func apply(_ events: [RecordedEvent], in transaction: Transaction) async throws {
    let steps = try events.compactMap { event in
      try event.reading { event -> CaseStep? in
        guard case .caseChanged(let change)? = try DispatchEvent(decoding: event.body).fact else { return nil }
        return try CaseStep(change)
      }
    }
    guard !steps.isEmpty else { return }
    let lock = ReporterStore.lockCases(steps.map(\.caseID)).announcing(MilestoneStore.channel)
    let results = try await transaction.pipeline([lock] + CaseStepStore.insert(steps))
    try await AskedFacts.append(results.suffix(1), recordedAt: clock.now(), in: transaction)
  }
}
