internal import ChengyunDomain
internal import Glibc
internal import Reactor

/// Whether the node's ports can be listened on. Services share ports among their own threads (SO_REUSEPORT), so a second node on the
/// same port would go unnoticed without this.
enum Ports {
  /// How long a port of a node that is just stopping is waited for.
  static let patience = Duration.seconds(5)

  static func awaitFree(_ settings: NodeSettings) async throws {
    let deadline = MonotonicTime.now().advanced(by: patience)
    var ports = settings.services.map { ($0.rawValue, settings.port(of: $0), settings.listen) }
    if settings.runsConsole { ports.append((ConsoleLaunch.name, settings.consolePort, settings.consolePlace.listen)) }
    for (service, port, host) in ports {
      while !isFree(port, on: host) {
        guard MonotonicTime.now() < deadline else {
          throw HostError("port \(port) (\(service)) is in use; choose other ports with --port-base")
        }
        try await Reactor.sleep(for: .milliseconds(50))
      }
    }
  }

  static func isFree(_ port: Int, on host: String = NodeSettings.loopback) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return false }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    return bound == 0 && listen(descriptor, 1) == 0
  }
}
