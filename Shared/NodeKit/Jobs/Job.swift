// Work that goes on as long as its service: consumers of events, sweeps, outboxes.

/// `run` works until its task is cancelled, at drain. When it throws it is started again after a pause; when it returns it is done.
/// It runs on one of the service's reactors, so it never blocks.
public protocol Job: Sendable {
  /// For logs: short, the same in every process.
  var name: String { get }
  func run() async throws
}

/// A job from a closure.
public struct NamedJob: Job {
  public let name: String
  private let body: @Sendable () async throws -> Void

  public init(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
    self.name = name
    self.body = body
  }

  public func run() async throws { try await body() }
}
