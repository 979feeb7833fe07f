/// What is chosen once for a node and kept in its folder.
public struct NodeSettings: Sendable, Hashable {
  public var city: String
  /// city, district or street.
  public var tier: String
  public var node: String
  public var timeZone: String
  public var portBase: Int
  public var plaintext: Bool
  /// The services that run here, in the order of their start; the others run elsewhere, each with a PostgreSQL of its own there.
  public var services: [ServiceName]
  /// Whether the console runs here.
  public var runsConsole: Bool
  /// Where the services that don't run here are: host and port.
  public var peers: [ServiceName: String]
  /// The IPv4 address that the services here listen on, and at which the others find them.
  public var listen: String
  public var consolePlace: ConsolePlace

  public static let loopback = "127.0.0.1"
  public static let tiers = ["city", "district", "street"]
  /// Ports above it are used: base + 1 to base + 6.
  public static let defaultPortBase = 7_100

  public init(
    city: String = "city", tier: String = "city", node: String = "node-1", timeZone: String = "Asia/Shanghai",
    portBase: Int = NodeSettings.defaultPortBase, plaintext: Bool = false, services: [ServiceName] = ServiceName.allCases,
    runsConsole: Bool = true, peers: [ServiceName: String] = [:], listen: String = NodeSettings.loopback,
    consolePlace: ConsolePlace = ConsolePlace()
  ) {
    self.city = city
    self.tier = tier
    self.node = node
    self.timeZone = timeZone
    self.portBase = portBase
    self.plaintext = plaintext
    self.services = services
    self.runsConsole = runsConsole
    self.peers = peers
    self.listen = listen
    self.consolePlace = consolePlace
  }

  public func runs(_ service: ServiceName) -> Bool { services.contains(service) }

  public func port(of service: ServiceName) -> Int { portBase + service.portOffset }
  /// Where a service here listens.
  public func listenAddress(of service: ServiceName) -> String { "\(listen):\(port(of: service))" }
  /// Where the others find it.
  public func address(of service: ServiceName) -> String { runs(service) ? listenAddress(of: service) : peers[service] ?? "" }

  /// The console's, which follows the services'.
  public var consolePort: Int { portBase + ServiceName.allCases.count + 1 }
  public var consoleAddress: String { "\(consolePlace.listen):\(consolePort)" }
  public var consoleURL: String { consolePlace.url(port: consolePort) }

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
    return placementFault ?? consolePlace.fault(plaintext: plaintext)
  }

  private var placementFault: String? {
    guard Self.isIPv4(listen), listen != "0.0.0.0" else {
      return "--listen must be this machine's IPv4 address, at which the services elsewhere find those here"
    }
    guard !plaintext || listen == Self.loopback else {
      return "--plaintext listens on \(Self.loopback) only: whoever reaches the port may call everything"
    }
    guard !services.isEmpty else {
      return "--services must name at least one of \(ServiceName.allCases.map(\.rawValue).joined(separator: ", "))"
    }
    for service in ServiceName.allCases {
      switch (runs(service), peers[service]) {
      case (true, .some): return "\(service) runs here: leave --peer \(service)=… out, or \(service) out of --services"
      case (false, nil): return "\(service) does not run here: say where it does with --peer \(service)=HOST:PORT"
      case (false, let address?) where !Self.isAddress(address): return "--peer \(service)=\(address) must be a host and a port"
      default: continue
      }
    }
    return nil
  }

  static func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { $0.utf8.count <= 3 && $0.utf8.allSatisfy { (48...57).contains($0) } && UInt8($0) != nil }
  }

  private static func isAddress(_ text: String) -> Bool {
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex, let port = UInt16(text[text.index(after: colon)...]) else {
      return false
    }
    return port > 0 && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != 0x2c }
  }
}

extension NodeSettings {
  public var json: JSONText {
    .object([
      ("city", .string(city)), ("tier", .string(tier)), ("node", .string(node)), ("time_zone", .string(timeZone)),
      ("port_base", .integer(Int64(portBase))), ("plaintext", .bool(plaintext)), ("listen", .string(listen)),
      ("services", .array(services.map { .string($0.rawValue) })), ("console", .bool(runsConsole)),
      ("console_place", consolePlace.json),
      ("peers", .object(ServiceName.allCases.compactMap { name in peers[name].map { (name.rawValue, .string($0)) } })),
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
    listen = node["listen"]?.string ?? listen
    services = node["services"]?.array?.compactMap { $0.string.flatMap(ServiceName.init(rawValue:)) } ?? services
    runsConsole = node["console"]?.bool ?? runsConsole
    consolePlace = ConsolePlace(node["console_place"])
    for member in node["peers"]?.members ?? [] {
      if let service = ServiceName(rawValue: member.name) { peers[service] = member.node.string }
    }
  }
}
