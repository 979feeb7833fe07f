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

  func apply(_ events: [RecordedEvent], in transaction: Transaction) async throws {
    let steps = try events.compactMap { event -> CaseStep? in
      guard case .caseChanged(let change)? = try DispatchEvent(decoding: event.body).fact else { return nil }
      return try CaseStep(change)
    }
    guard !steps.isEmpty else { return }
    let statements = [ReporterStore.lockCases(steps.map(\.caseID))] + CaseStepStore.insert(steps)
    let results = try await transaction.pipeline(statements)
    try await AskedFacts.append(results[results.count - 1], recordedAt: clock.now(), in: transaction)
    _ = try await transaction.query(MilestoneStore.announce)
  }
}
