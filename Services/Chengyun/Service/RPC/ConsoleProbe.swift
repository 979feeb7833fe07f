internal import Cryptography
internal import Glibc
internal import Reactor

/// Asks the console for its health, as a load balancer would: `GET /healthz`.
struct ConsoleProbe: Sendable {
  /// How long connecting, a handshake's step and an answer may take, each.
  static let patience = Duration.seconds(2)

  /// An IPv4 address.
  let host: String
  let port: Int
  /// The file with the very certificate that the console shows; nil in plain text.
  let certificate: String?

  /// serving, not_serving or unreachable.
  func health() async -> String { (try? await OffloadPool.run { try ask() }) ?? "unreachable" }

  /// Blocking.
  private func ask() throws -> String {
    let tls = try certificate.map { try TLSContext.pinned(to: .file($0)) }
    let descriptor = try connected()
    defer { close(descriptor) }
    let question = Array("GET /healthz HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8)
    let answer = try tls.map { try exchange(question, $0, descriptor) } ?? exchange(question, descriptor)
    guard !answer.isEmpty else { return "unreachable" }
    return answer.starts(with: "HTTP/1.1 200".utf8) ? "serving" : "not_serving"
  }

  private func connected() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemError("socket") }
    var limit = timeval(tv_sec: Int(Self.patience.components.seconds), tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    let isAddress = inet_pton(AF_INET, host, &address.sin_addr) == 1
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard isAddress, connected == 0 else {
      close(descriptor)
      throw SystemError("connect")
    }
    return descriptor
  }

  private func exchange(_ question: [UInt8], _ descriptor: Int32) -> [UInt8] {
    guard send(descriptor, question, question.count, Int32(MSG_NOSIGNAL)) == question.count else { return [] }
    var answer = [UInt8](repeating: 0, count: 64)
    let count = recv(descriptor, &answer, answer.count, 0)
    return Array(answer.prefix(max(0, count)))
  }

  /// The socket blocks, up to its limits: whatever the engine still waits for then is not coming.
  private func exchange(_ question: [UInt8], _ tls: TLSContext, _ descriptor: Int32) throws -> [UInt8] {
    let engine = try TLSEngine(context: tls, descriptor: descriptor)
    guard try engine.handshake() == .done, case .bytes = try question.withUnsafeBytes({ try engine.write($0) }) else { return [] }
    var answer = [UInt8](repeating: 0, count: 64)
    guard case .bytes(let count) = try answer.withUnsafeMutableBytes({ try engine.read(into: $0) }) else { return [] }
    return Array(answer.prefix(count))
  }
}
