public import CityModel

/// A fact of another service that this program cannot read: bytes that are no message, or without the ids that it needs. Its consumer
/// stands still at it, loudly, because passing over it would lose its effect silently. Facts of a kind that is not known here are another
/// thing: a newer service may tell more than this one knows, and they are passed over.
public struct UnreadableFact: Error, Sendable, Hashable, CustomStringConvertible {
  public let position: EventPosition
  public let type: String
  /// What is wrong with it, without its contents.
  public let problem: String

  public init(position: EventPosition, type: String, problem: String) {
    self.position = position
    self.type = type
    self.problem = problem
  }

  public var description: String { "the fact \(type) at \(position) is unreadable: \(problem)" }
}

/// What is wrong with a fact, while it is read.
public struct FactProblem: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

extension RecordedEvent {
  /// What `body` makes of the event; nil for a kind that is not known here.
  /// - Throws: `UnreadableFact`, whatever `body` throws.
  public func reading<Fact>(_ body: (RecordedEvent) throws -> Fact?) throws(UnreadableFact) -> Fact? {
    do {
      guard !self.body.isEmpty else { throw FactProblem("it is empty") }
      return try body(self)
    } catch {
      throw UnreadableFact(position: position, type: type, problem: "\(error)")
    }
  }
}

extension Identifier {
  /// An id that a fact cannot do without.
  public init(inFact bytes: [UInt8]) throws(FactProblem) {
    guard let id = Identifier(bytes: bytes) else { throw FactProblem("an id of \(bytes.count) bytes") }
    self = id
  }
}
