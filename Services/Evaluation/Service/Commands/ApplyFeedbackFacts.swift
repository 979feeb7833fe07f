internal import CityModel
internal import Events
internal import FeedbackAPI
internal import Postgres
internal import Wire

/// Takes feedback's facts: who was asked, and what they answered.
enum ApplyFeedbackFacts {
  static let types = ["feedback.asked", "feedback.rated"]

  /// - Throws: `UnreadableFact`: the consumer stops there, rather than count wrongly.
  static func apply(_ events: [RecordedEvent], to generation: Generation, in transaction: Transaction) async throws {
    let statements = try events.compactMap { try $0.reading { try statement(for: $0, in: generation) } }
    guard !statements.isEmpty else { return }
    _ = try await transaction.pipeline(statements)
  }

  private static func statement(for event: RecordedEvent, in generation: Generation) throws -> SQL? {
    switch try FeedbackEvent(decoding: event.body).fact {
    case .asked(let fact)?:
      CaseFacts.answer(
        report: try Identifier(inFact: fact.reportId), case: try Identifier(inFact: fact.caseId), score: nil, into: generation)
    case .rated(let fact)?:
      CaseFacts.answer(
        report: try Identifier(inFact: fact.reportId), case: try Identifier(inFact: fact.caseId), score: Int16(clamping: fact.score),
        into: generation)
    case nil: nil
    }
  }
}
