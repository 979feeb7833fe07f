internal import Glibc
internal import Reactor

/// A numeric IP address and port.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
  /// Without brackets: `127.0.0.1`, `::1`.
  public let host: String
  public let port: UInt16

  /// nil unless the host is a numeric IPv4 or IPv6 address.
  public init?(host: String, port: UInt16) {
    var four = in_addr()
    var six = in6_addr()
    guard inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1 else { return nil }
    self.host = host
    self.port = port
  }

  /// `127.0.0.1:7001`, `[::1]:7001`.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  var family: Int32 { host.contains(":") ? AF_INET6 : AF_INET }

  /// The C form of the address, for bind and connect.
  func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    if family == AF_INET6 {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      inet_pton(AF_INET6, host, &address.sin6_addr)
      return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
      }
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, host, &address.sin_addr)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  /// The address that a socket call fills in.
  /// - Throws: `SystemError` when the call returns a negative number.
  static func of(_ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) throws -> SocketAddress {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return try withUnsafeMutablePointer(to: &storage) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard call(address, &size) >= 0 else { throw SystemError("socket address") }
        guard let result = SocketAddress(UnsafePointer(address)) else { throw SystemError("socket address", errno: EAFNOSUPPORT) }
        return result
      }
    }
  }

  /// From what accept, getsockname or getaddrinfo filled in; nil for other families.
  init?(_ storage: UnsafePointer<sockaddr>) {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    switch Int32(storage.pointee.sa_family) {
    case AF_INET:
      let bound = UnsafeRawPointer(storage).loadUnaligned(as: sockaddr_in.self)
      var address = bound.sin_addr
      inet_ntop(AF_INET, &address, &text, socklen_t(INET6_ADDRSTRLEN))
      port = UInt16(bigEndian: bound.sin_port)
    case AF_INET6:
      let bound = UnsafeRawPointer(storage).loadUnaligned(as: sockaddr_in6.self)
      var address = bound.sin6_addr
      inet_ntop(AF_INET6, &address, &text, socklen_t(INET6_ADDRSTRLEN))
      port = UInt16(bigEndian: bound.sin6_port)
    default: return nil
    }
    host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
