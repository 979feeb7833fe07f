internal import Glibc
internal import Reactor
internal import Synchronization

public enum FreePort {
  /// A port that stays free while the service on it is away for a moment: below the ephemeral ones, which other programs' connections
  /// come and go on. Each process looks in a range of its own.
  public static func steady() throws -> UInt16 {
    let start = 20_000 + getpid() % 1_200 * 10
    for _ in 0..<1_000 {
      let port = UInt16(start) + UInt16(nextSteady.add(1, ordering: .relaxed).oldValue % 300)
      if (try? bound(to: port)) != nil { return port }
    }
    throw SystemError("bind", errno: EADDRINUSE)
  }

  private static let nextSteady = Atomic<Int>(0)

  /// A TCP port of the loopback address that nobody listened on a moment ago. Prefer port 0 where the server can tell what it got.
  public static func next() throws -> UInt16 { try bound(to: 0) }

  private static func bound(to port: UInt16) throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SystemError("socket") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1 }
    }
    guard result == 0 else { throw SystemError("bind") }
    return UInt16(bigEndian: address.sin_port)
  }
}
