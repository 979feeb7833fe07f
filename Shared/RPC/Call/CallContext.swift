public import Reactor

/// What a handler knows about its call beside the messages. The handler's Task is cancelled when the call is.
public struct CallContext: Sendable {
  public let method: Method
  /// The caller's custom metadata; the protocol's own headers are not in it.
  public let metadata: Metadata
  public let peer: Peer
  /// When the caller stops waiting; nil when it named no time-out.
  public let deadline: MonotonicTime?
  /// For whom the call is made; nil when a service calls on its own account.
  public internal(set) var person: Person?

  public init(method: Method, metadata: Metadata = Metadata(), peer: Peer, deadline: MonotonicTime? = nil, person: Person? = nil) {
    self.method = method
    self.metadata = metadata
    self.peer = peer
    self.deadline = deadline
    self.person = person
  }
}

/// The other end of the connection. Copies share one object a connection.
public struct Peer: Sendable, Hashable {
  private final class Storage: Sendable {
    let address: String
    let identity: ServiceIdentity?

    init(address: String, identity: ServiceIdentity?) {
      self.address = address
      self.identity = identity
    }
  }

  private let storage: Storage

  public init(address: String, identity: ServiceIdentity?) {
    storage = Storage(address: address, identity: identity)
  }

  /// Its socket address, for instance `127.0.0.1:51234`.
  public var address: String { storage.address }
  /// From its certificate; nil in plain text, and when the certificate names no service.
  public var identity: ServiceIdentity? { storage.identity }

  public static func == (left: Peer, right: Peer) -> Bool {
    left.address == right.address && left.identity == right.identity
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(address)
    hasher.combine(identity)
  }
}
