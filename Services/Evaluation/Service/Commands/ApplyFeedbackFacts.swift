internal import CityModel
internal import Events
internal import FeedbackAPI
internal import Postgres
internal import Wire

/// Takes feedback's facts: who was asked, and what they answered.
enum ApplyFeedbackFacts {
  static let types = ["feedback.asked", "feedback.rated"]

  static func apply(_ events: [RecordedEvent], to generation: Generation, in transaction: Transaction) async throws {
    let statements = try events.compactMap { event -> SQL? in
      switch try FeedbackEvent(decoding: event.body).fact {
      case .asked(let fact)?:
        return CaseFacts.answer(
          report: try Identifier(wire: fact.reportId), case: try Identifier(wire: fact.caseId), score: nil, into: generation)
      case .rated(let fact)?:
        return CaseFacts.answer(
          report: try Identifier(wire: fact.reportId), case: try Identifier(wire: fact.caseId), score: Int16(clamping: fact.score),
          into: generation)
      default: return nil
      }
    }
    guard !statements.isEmpty else { return }
    _ = try await transaction.pipeline(statements)
  }
}
