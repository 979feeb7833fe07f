internal import DispatchDomain
internal import NodeKit

/// Refusals become the statuses that they stand for, beside what every service answers.
func answering<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
  do {
    return try await NodeKit.answering(body)
  } catch let refusal as Refusal {
    throw refusal.status
  }
}
