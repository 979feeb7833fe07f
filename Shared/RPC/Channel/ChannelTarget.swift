internal import Glibc
internal import Reactor

/// What a channel connects to: `host:port`, or several separated by commas. IPv6 addresses stand in brackets.
struct ChannelTarget: Sendable, Hashable {
  struct Address: Sendable, Hashable, CustomStringConvertible {
    let host: String
    let port: UInt16

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Asks the system's resolver. It blocks: only on a helper thread.
    func resolve() throws -> [SocketAddress] {
      var hints = addrinfo()
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
      var list: UnsafeMutablePointer<addrinfo>?
      let result = getaddrinfo(host, "\(port)", &hints, &list)
      guard result == 0 else { throw RPCError(.unavailable, "The name \(host) is unknown: \(String(cString: gai_strerror(result))).") }
      defer { freeaddrinfo(list) }
      var addresses: [SocketAddress] = []
      var entry = list
      while let info = entry {
        if let pointer = info.pointee.ai_addr, let address = SocketAddress(UnsafePointer(pointer)) { addresses.append(address) }
        entry = info.pointee.ai_next
      }
      return addresses
    }
  }

  let addresses: [Address]

  /// nil unless every part has a host and a port.
  init?(_ text: String) {
    var addresses: [Address] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let part = part.drop { $0 == " " }
      guard let colon = part.lastIndex(of: ":"), let port = UInt16(part[part.index(after: colon)...]), port > 0 else { return nil }
      var host = part[..<colon]
      if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() } else if host.contains(":") { return nil }
      guard !host.isEmpty else { return nil }
      addresses.append(Address(host: String(host), port: port))
    }
    self.addresses = addresses
  }
}
