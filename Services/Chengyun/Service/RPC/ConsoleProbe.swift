internal import Glibc
internal import Reactor

/// Asks the console for its health, as a load balancer would: `GET /healthz`.
struct ConsoleProbe: Sendable {
  /// How long connecting and an answer may take, each.
  static let patience = Duration.seconds(2)

  let port: Int

  /// serving, not_serving or unreachable.
  func health() async -> String {
    let port = port
    return (try? await OffloadPool.run { Self.ask(port) }) ?? "unreachable"
  }

  /// Blocking.
  private static func ask(_ port: Int) -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return "unreachable" }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard connected == 0 else { return "unreachable" }
    let question = Array("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".utf8)
    guard send(descriptor, question, question.count, Int32(MSG_NOSIGNAL)) == question.count else { return "unreachable" }
    var answer = [UInt8](repeating: 0, count: 64)
    let count = recv(descriptor, &answer, answer.count, 0)
    guard count > 0 else { return "unreachable" }
    return answer.starts(with: "HTTP/1.1 200".utf8) ? "serving" : "not_serving"
  }
}
