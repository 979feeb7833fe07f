/// One RPC of a service, as its contract declares it. Copies share one object, so that passing it along a call costs one reference.
public struct Method: Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    case unary, clientStreaming, serverStreaming, bidirectional
  }

  final class Storage: Sendable {
    let service: String
    let name: String
    let path: String
    let kind: Kind
    /// The path's bytes, at the same place for the storage's life, so that header fields can point at them without a copy.
    let pathBytes: FixedBytes

    init(service: String, name: String, kind: Kind) {
      self.service = service
      self.name = name
      self.kind = kind
      path = "/" + service + "/" + name
      pathBytes = FixedBytes(path.utf8)
    }
  }

  let storage: Storage

  /// - Parameters:
  ///   - service: with its package, for instance `chengyun.intake.v1.Intake`.
  ///   - name: for instance `SubmitReport`.
  public init(service: String, name: String, kind: Kind) {
    storage = Storage(service: service, name: name, kind: kind)
  }

  public var service: String { storage.service }
  public var name: String { storage.name }
  /// `/service/name`, HTTP/2's `:path`.
  public var path: String { storage.path }
  public var kind: Kind { storage.kind }
  public var description: String { storage.path }

  public static func == (left: Method, right: Method) -> Bool {
    left.storage === right.storage || (left.path == right.path && left.kind == right.kind)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(storage.path) }
}

/// Bytes that never move and never change: a header's value that HTTP/2 may point at.
final class FixedBytes: @unchecked Sendable {
  // Unchecked: written once in the initialiser, read-only afterwards, freed with the object.
  let start: UnsafeMutablePointer<UInt8>
  let count: Int

  init(_ bytes: some Collection<UInt8>) {
    count = bytes.count
    start = .allocate(capacity: max(1, count))
    _ = UnsafeMutableBufferPointer(start: start, count: count).initialize(from: bytes)
  }

  deinit { start.deallocate() }

  var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
}
