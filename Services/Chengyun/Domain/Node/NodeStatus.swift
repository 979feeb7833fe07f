public import CityModel

/// What a running node says of itself, in `node.json` and by `chengyun status --json`.
public struct NodeStatus: Sendable, Hashable {
  public struct Process: Sendable, Hashable {
    public var address: String
    /// Nil while it does not run.
    public var pid: Int32?
    /// serving, not_serving, unreachable, starting, stopped, elsewhere
    public var health: String
    public var restarts: Int

    public init(address: String, pid: Int32? = nil, health: String = "stopped", restarts: Int = 0) {
      self.address = address
      self.pid = pid
      self.health = health
      self.restarts = restarts
    }
  }

  /// The health of a service that runs elsewhere, until it is asked.
  public static let elsewhere = "elsewhere"

  public var settings: NodeSettings
  /// `chengyun up` itself.
  public var pid: Int32?
  public var services: [String: Process]
  /// Nil when the program is not there: a node works without pages.
  public var console: Process?
  public var postgres: Process
  public var postgresDSN: String
  /// The cluster's folder.
  public var postgresData: String
  /// Files; nil in plain text.
  public var certificateAuthority: String?
  public var clientCertificate: String?
  public var clientKey: String?
  /// When the first of the node's certificates ends; asked for, not remembered.
  public var certificatesEnd: Instant?
  public var version: String

  public init(
    settings: NodeSettings, pid: Int32?, services: [String: Process], console: Process? = nil, postgres: Process, postgresDSN: String,
    postgresData: String, certificateAuthority: String?, clientCertificate: String?, clientKey: String?, version: String
  ) {
    self.settings = settings
    self.pid = pid
    self.services = services
    self.console = console
    self.postgres = postgres
    self.postgresDSN = postgresDSN
    self.postgresData = postgresData
    self.certificateAuthority = certificateAuthority
    self.clientCertificate = clientCertificate
    self.clientKey = clientKey
    self.version = version
  }

  /// So long before the end of a certificate the operator is told: 30 days.
  static let certificateNotice: Duration = .seconds(30 * 86_400)

  /// Whether a certificate ends soon, or has ended: the node is to be started anew.
  public func needsRenewal(at now: Instant) -> Bool { certificatesEnd.map { $0 - now <= Self.certificateNotice } ?? false }

  /// What runs here. How those are that run elsewhere is asked there.
  public var isHealthy: Bool {
    postgres.health == "serving" && console?.health ?? "serving" == "serving"
      && settings.services.allSatisfy { services[$0.rawValue]?.health == "serving" }
  }

  /// The least that a program needs to stand still: all is as it was when nothing runs.
  public mutating func markStopped() {
    pid = nil
    for name in settings.services.map(\.rawValue) {
      services[name]?.pid = nil
      services[name]?.health = "stopped"
    }
    console?.pid = nil
    console?.health = "stopped"
    postgres.pid = nil
    postgres.health = "stopped"
  }
}

extension NodeStatus {
  public var json: JSONText {
    func process(_ process: Process) -> JSONText {
      .object([
        ("address", .string(process.address)), ("pid", JSONText(process.pid.map { Int($0) })), ("health", .string(process.health)),
        ("restarts", .integer(Int64(process.restarts))),
      ])
    }
    let services = ServiceName.allCases.compactMap { name in self.services[name.rawValue].map { (name.rawValue, process($0)) } }
    return .object([
      ("healthy", .bool(isHealthy)),
      ("pid", JSONText(pid.map { Int($0) })),
      ("node", settings.json),
      ("services", .object(services)),
      ("console", consoleJSON(process)),
      (
        "postgres",
        .object([
          ("dsn", .string(postgresDSN)), ("pid", JSONText(postgres.pid.map { Int($0) })), ("health", .string(postgres.health)),
          ("socket", .string(postgres.address)), ("data", .string(postgresData)), ("restarts", .integer(Int64(postgres.restarts))),
        ])
      ),
      (
        "tls",
        .object([
          ("ca", JSONText(certificateAuthority)), ("client_cert", JSONText(clientCertificate)), ("client_key", JSONText(clientKey)),
          ("not_after", JSONText(certificatesEnd?.description)),
        ])
      ),
      ("versions", .object([("chengyun", .string(version))])),
    ])
  }

  /// Without the program there is no address.
  private func consoleJSON(_ process: (Process) -> JSONText) -> JSONText {
    guard let console, case .object(let members) = process(console) else { return .object([("url", .null)]) }
    return .object([("url", .string(settings.consoleURL))] + members)
  }

  /// Reads what `json` wrote. Nil when it is something else.
  public init?(_ root: JSONNode) {
    guard let node = root["node"], let members = root["services"]?.members, let postgres = root["postgres"] else { return nil }
    func process(_ node: JSONNode, address: String) -> Process {
      Process(
        address: node[address]?.string ?? "", pid: node["pid"]?.integer.map { Int32(clamping: $0) },
        health: node["health"]?.string ?? "stopped", restarts: node["restarts"]?.integer ?? 0)
    }
    self.init(
      settings: NodeSettings(node), pid: root["pid"]?.integer.map { Int32(clamping: $0) },
      services: Dictionary(members.map { ($0.name, process($0.node, address: "address")) }, uniquingKeysWith: { first, _ in first }),
      console: root["console"].flatMap { $0["address"] == nil ? nil : process($0, address: "address") },
      postgres: process(postgres, address: "socket"), postgresDSN: postgres["dsn"]?.string ?? "",
      postgresData: postgres["data"]?.string ?? "", certificateAuthority: root["tls"]?["ca"]?.string,
      clientCertificate: root["tls"]?["client_cert"]?.string,
      clientKey: root["tls"]?["client_key"]?.string, version: root["versions"]?["chengyun"]?.string ?? "")
  }
}
