import Glibc
import Reactor

@testable import RPC

/// HTTP/2 frames of a client that is written by hand.
enum Frames {
  /// Preface and empty SETTINGS.
  static let hello = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, 0, 0, [])

  static func frame(_ type: UInt8, _ flags: UInt8, _ id: Int, _ payload: [UInt8]) -> [UInt8] {
    let count = payload.count
    let head = [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags]
    return head + (0..<4).map { UInt8(id >> (24 - 8 * $0) & 255) } + payload
  }

  /// HEADERS without END_STREAM: :method POST and :scheme http from the static table, :authority, :path and content-type in full.
  static func open(_ id: Int, path: String) -> [UInt8] {
    let type = "application/grpc"
    let start: [UInt8] = [0x83, 0x86, 0x01, 1, 0x61, 0x04, UInt8(path.utf8.count)]
    let fields = start + path.utf8 + [0x0f, 0x10, UInt8(type.utf8.count)] + type.utf8
    return frame(1, 4, id, fields)
  }

  /// The beginning of a message that says that it has a million bytes: 60,000 of them.
  static func startOfMessage(_ id: Int) -> [UInt8] {
    let bytes: [UInt8] = [0, 0, 0x0f, 0x42, 0x40] + [UInt8](repeating: 1, count: 59_995)
    return stride(from: 0, to: bytes.count, by: 15_000).flatMap { frame(0, 0, id, Array(bytes[$0..<min(bytes.count, $0 + 15_000)])) }
  }

  /// RST_STREAM(CANCEL).
  static func reset(_ id: Int) -> [UInt8] { frame(3, 0, id, [0, 0, 0, 8]) }
}

/// A blocking TCP connection for peers that misbehave. Reads run on helper threads.
final class RawSocket: Sendable {
  private let descriptor: Int32

  init(_ address: SocketAddress) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let result = address.withSockaddr { connect(descriptor, $0, $1) }
    guard result == 0 else { throw SystemError("connect") }
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) { _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

  func readToEnd() -> [UInt8] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { return all }
      all += chunk[..<count]
    }
  }

  /// Reads until so many streams have ended (END_STREAM on HEADERS), and says which.
  func readAnswers(atLeast count: Int) -> Set<Int> {
    var bytes: [UInt8] = []
    var ended: Set<Int> = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while ended.count < count {
      let received = recv(descriptor, &chunk, chunk.count, 0)
      guard received > 0 else { return ended }
      bytes += chunk[..<received]
      while bytes.count >= 9 {
        let size = 9 + Int(bytes[0]) << 16 + Int(bytes[1]) << 8 + Int(bytes[2])
        guard bytes.count >= size else { break }
        if bytes[3] == 1, bytes[4] & 1 == 1 { ended.insert(bytes[5..<9].reduce(0) { $0 << 8 | Int($1) }) }
        bytes.removeFirst(size)
      }
    }
    return ended
  }

  /// The types of the complete HTTP/2 frames in the bytes.
  static func frameTypes(_ bytes: [UInt8]) -> [UInt8] { frames(bytes).map { bytes[$0 + 3] } }

  /// The error codes of the GOAWAY frames in the bytes.
  static func farewells(_ bytes: [UInt8]) -> [Int] {
    frames(bytes).filter { bytes[$0 + 3] == 7 }.map { place in
      bytes[(place + 13)..<(place + 17)].reduce(0) { $0 << 8 | Int($1) }
    }
  }

  /// Where the HTTP/2 frames in the bytes begin.
  private static func frames(_ bytes: [UInt8]) -> [Int] {
    var places: [Int] = []
    var place = 0
    while place + 9 <= bytes.count {
      places.append(place)
      place += 9 + Int(bytes[place]) << 16 + Int(bytes[place + 1]) << 8 + Int(bytes[place + 2])
    }
    return places
  }
}
