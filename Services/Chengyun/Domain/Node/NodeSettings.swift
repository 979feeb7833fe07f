/// What is chosen once for a node and kept in its folder.
public struct NodeSettings: Sendable, Hashable {
  public var city: String
  /// city, district or street.
  public var tier: String
  public var node: String
  public var timeZone: String
  public var portBase: Int
  public var plaintext: Bool

  public static let tiers = ["city", "district", "street"]
  /// Ports above it are used: base + 1 to base + 6.
  public static let defaultPortBase = 7_100

  public init(
    city: String = "city", tier: String = "city", node: String = "node-1", timeZone: String = "Asia/Shanghai",
    portBase: Int = NodeSettings.defaultPortBase, plaintext: Bool = false
  ) {
    self.city = city
    self.tier = tier
    self.node = node
    self.timeZone = timeZone
    self.portBase = portBase
    self.plaintext = plaintext
  }

  public func port(of service: ServiceName) -> Int { portBase + service.portOffset }
  public func address(of service: ServiceName) -> String { "127.0.0.1:\(port(of: service))" }

  /// The console's, which follows the services'.
  public var consolePort: Int { portBase + ServiceName.allCases.count + 1 }
  public var consoleAddress: String { "127.0.0.1:\(consolePort)" }
  public var consoleURL: String { "http://\(consoleAddress)" }

  /// `spiffe://<city>/<tier>/<node>/<service>`
  public func identity(of service: String) -> String { "spiffe://\(city)/\(tier)/\(node)/\(service)" }

  /// A sentence for the first thing that is wrong; nil when all is well.
  public var fault: String? {
    func isName(_ text: String) -> Bool {
      !text.isEmpty && text.utf8.count <= 60
        && text.utf8.allSatisfy {
          (48...57).contains($0) || (97...122).contains($0) || (65...90).contains($0) || $0 == 45 || $0 == 95 || $0 == 46
        }
    }
    guard isName(city) else { return "--city must be letters, digits, hyphens and dots, at most 60" }
    guard isName(node) else { return "--node must be letters, digits, hyphens and dots, at most 60" }
    guard Self.tiers.contains(tier) else { return "--tier must be one of \(Self.tiers.joined(separator: ", "))" }
    guard (1_024...65_000).contains(portBase) else { return "--port-base must lie between 1024 and 65000" }
    return nil
  }
}

extension NodeSettings {
  public var json: JSONText {
    .object([
      ("city", .string(city)), ("tier", .string(tier)), ("node", .string(node)), ("time_zone", .string(timeZone)),
      ("port_base", .integer(Int64(portBase))), ("plaintext", .bool(plaintext)),
    ])
  }

  public init(_ node: JSONNode) {
    self.init()
    city = node["city"]?.string ?? city
    tier = node["tier"]?.string ?? tier
    self.node = node["node"]?.string ?? self.node
    timeZone = node["time_zone"]?.string ?? timeZone
    portBase = node["port_base"]?.integer ?? portBase
    plaintext = node["plaintext"]?.bool ?? plaintext
  }
}
