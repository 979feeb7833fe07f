internal import CityModel
internal import DispatchDomain
internal import Events
internal import FeedbackAPI
internal import Wire

/// A citizen's answer that reopens the case.
struct Dissatisfaction: Sendable {
  let caseID: Identifier
  let command: DispatchDomain.Command

  static let types = ["feedback.rated"]

  /// Nil when the answer reopens nothing.
  /// - Throws: `FactProblem`, `WireError` when it can't be read.
  init?(_ event: RecordedEvent) throws {
    guard case .rated(let wire)? = try FeedbackEvent(decoding: event.body).fact, wire.reopen else { return nil }
    caseID = try Identifier(inFact: wire.caseId)
    let text = wire.text.isEmpty ? Words.none : Words("：\(wire.text)", ": \(wire.text)")
    command = DispatchDomain.Command(
      .reopen, by: DispatchDomain.Actor(id: "", role: .citizen), at: event.occurredAt,
      reason: "回访不满意（\(wire.score) 分）\(text.chinese)", reasonEnglish: "Dissatisfied (\(wire.score) of 5)\(text.english)")
  }
}
