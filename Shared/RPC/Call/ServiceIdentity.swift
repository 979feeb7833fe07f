/// Who a certificate says it is: its SAN URI `spiffe://<city>/<tier>/<node>/<service>`.
public struct ServiceIdentity: Sendable, Hashable, CustomStringConvertible {
  public let city: String
  /// `city`, `district` or `street`.
  public let tier: String
  public let node: String
  /// `intake`, `dispatch`, `console`, `operator` …: what access rules speak of.
  public let service: String

  public init(city: String, tier: String, node: String, service: String) {
    self.city = city
    self.tier = tier
    self.node = node
    self.service = service
  }

  /// nil unless the URI has the SPIFFE scheme and exactly these four non-empty parts.
  public init?(uri: String) {
    let scheme = "spiffe://"
    guard uri.hasPrefix(scheme) else { return nil }
    let parts = uri.dropFirst(scheme.count).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 4, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(ServiceIdentity.isAllowed) }) else { return nil }
    self.init(city: String(parts[0]), tier: String(parts[1]), node: String(parts[2]), service: String(parts[3]))
  }

  public var uri: String { "spiffe://\(city)/\(tier)/\(node)/\(service)" }
  public var description: String { uri }

  /// The characters of SPIFFE-ID segments.
  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
