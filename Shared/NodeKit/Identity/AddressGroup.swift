// Whom an address on the network stands for, where requests are counted.
internal import Glibc

/// An IPv4 address stands for itself. Of an IPv6 address the first 64 bits do: the rest is the host's own to choose (RFC 4291, section
/// 2.5.4), so that one host has more addresses than anybody can count.
public enum AddressGroup {
  /// "203.0.113.9", "2001:db8:1:2::/64"; what is no address is taken as it is. An IPv4 address written as IPv6 (::ffff:203.0.113.9) is the
  /// IPv4 address; a zone (%eth0) says nothing.
  public static func name(of address: String) -> String {
    let text = String(address.prefix { $0 != "%" })
    guard text.utf8.contains(UInt8(ascii: ":")) else { return address }
    var bytes = [UInt8](repeating: 0, count: 16)
    guard inet_pton(AF_INET6, text, &bytes) == 1 else { return address }
    if bytes.starts(with: mapped) { return bytes[12...].map(String.init).joined(separator: ".") }
    for index in 8..<16 { bytes[index] = 0 }
    var written = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(AF_INET6, bytes, &written, socklen_t(written.count)) != nil else { return address }
    return written.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } + "/64"
  }

  /// ::ffff:0:0/96
  private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
}
