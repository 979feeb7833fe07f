internal import ConsoleDomain

/// An operation: its description, and what answers it.
struct Endpoint: Sendable {
  let description: EndpointDescription
  let answer: @Sendable (Exchange) async throws -> Answer

  init(_ description: EndpointDescription, _ answer: @escaping @Sendable (Exchange) async throws -> Answer) {
    self.description = description
    self.answer = answer
  }
}
