public import Wire

/// The methods that a server answers.
public struct Router: Sendable {
  /// A method and what a call of it starts. The closure is made once; per call it makes the handler's Task.
  struct Registration: Sendable {
    let method: Method
    let start: @Sendable (ServerStream) -> Task<Void, Never>
  }

  private(set) var registrations: [Registration] = []

  public init() {}

  /// What has been registered, in order.
  public var methods: [Method] { registrations.map(\.method) }

  /// One request, one response.
  public mutating func unary<Request: WireMessage, Response: WireMessage>(
    _ method: Method, _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
  ) {
    add(method) { stream in
      Task(executorPreference: stream.reactor) {
        do {
          let request = try stream.request(Request.self)
          stream.respond(try await handler(request, stream.context))
        } catch {
          stream.fail(error)
        }
        stream.handlerEnded()
      }
    }
  }

  /// Many requests, one response.
  public mutating func clientStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: Method, _ handler: @escaping @Sendable (InboundMessages<Request>, CallContext) async throws -> Response
  ) {
    add(method) { stream in
      Task(executorPreference: stream.reactor) {
        do {
          stream.respond(try await handler(InboundMessages(stream), stream.context))
        } catch {
          stream.fail(error)
        }
        stream.handlerEnded()
      }
    }
  }

  /// One request, many responses; the call ends as OK when the handler returns.
  public mutating func serverStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: Method, _ handler: @escaping @Sendable (Request, OutboundMessages<Response>, CallContext) async throws -> Void
  ) {
    add(method) { stream in
      Task(executorPreference: stream.reactor) {
        do {
          let request = try stream.request(Request.self)
          try await handler(request, OutboundMessages(stream), stream.context)
          stream.succeed()
        } catch {
          stream.fail(error)
        }
        stream.handlerEnded()
      }
    }
  }

  /// Many of both, independently; the call ends as OK when the handler returns.
  public mutating func bidirectional<Request: WireMessage, Response: WireMessage>(
    _ method: Method,
    _ handler: @escaping @Sendable (InboundMessages<Request>, OutboundMessages<Response>, CallContext) async throws -> Void
  ) {
    add(method) { stream in
      Task(executorPreference: stream.reactor) {
        do {
          try await handler(InboundMessages(stream), OutboundMessages(stream), stream.context)
          stream.succeed()
        } catch {
          stream.fail(error)
        }
        stream.handlerEnded()
      }
    }
  }

  private mutating func add(_ method: Method, _ start: @escaping @Sendable (ServerStream) -> Task<Void, Never>) {
    precondition(!registrations.contains { $0.method.path == method.path }, "\(method.path) is registered twice")
    registrations.append(Registration(method: method, start: start))
  }
}

/// A registered method with its access rule.
final class Route: Sendable {
  let method: Method
  let rule: AccessRule
  let start: @Sendable (ServerStream) -> Task<Void, Never>

  init(_ registration: Router.Registration, rule: AccessRule) {
    method = registration.method
    start = registration.start
    self.rule = rule
  }

  /// The handler takes exactly one request, so it starts when that is complete.
  var takesOneRequest: Bool { method.kind == .unary || method.kind == .serverStreaming }
}

/// A registered method has no access rule. A server doesn't start like that.
public struct AccessPolicyIncomplete: Error, Sendable, CustomStringConvertible {
  public let method: Method
  public var description: String { "The method \(method.path) has no access rule." }
}

/// Finds a route by the bytes of `:path`, without making a String. Open addressing, at most half full.
struct RouteTable: Sendable {
  private let slots: [Route?]

  init(_ router: Router, access: AccessPolicy) throws {
    var size = 8
    while size < router.registrations.count * 2 { size *= 2 }
    var slots = [Route?](repeating: nil, count: size)
    for registration in router.registrations {
      guard let rule = access.rule(for: registration.method) else { throw AccessPolicyIncomplete(method: registration.method) }
      var slot = RouteTable.hash(registration.method.storage.pathBytes.buffer) & (size - 1)
      while slots[slot] != nil { slot = (slot + 1) & (size - 1) }
      slots[slot] = Route(registration, rule: rule)
    }
    self.slots = slots
  }

  func find(_ path: UnsafeBufferPointer<UInt8>) -> Route? {
    var slot = RouteTable.hash(path) & (slots.count - 1)
    while let route = slots[slot] {
      if route.method.storage.pathBytes.buffer.equals(path) { return route }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// FNV-1a. Keys are ours, so that nobody gains by choosing colliding paths.
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: hash ^ hash >> 32)
  }
}
