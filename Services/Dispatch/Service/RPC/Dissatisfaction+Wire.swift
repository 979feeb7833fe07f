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

  /// Nil when the answer reopens nothing, or can't be read.
  init?(_ event: RecordedEvent) {
    guard case .rated(let wire)? = try? FeedbackEvent(decoding: event.body).fact, wire.reopen, let id = Identifier(bytes: wire.caseId)
    else { return nil }
    caseID = id
    let text = wire.text.isEmpty ? "" : "：\(wire.text)"
    command = DispatchDomain.Command(
      .reopen, by: DispatchDomain.Actor(id: "", role: .citizen), at: event.occurredAt, reason: "回访不满意（\(wire.score) 分）\(text)")
  }
}
