// What a service's process is told by its environment.
public import Logging
public import RPC

/// The settings of one service. `init(service:environment:)` reads them and reports every fault at once.
public struct ServiceConfiguration: Sendable {
  /// "intake", "dispatch" …
  public var service: String
  /// `CHENGYUN_CITY`, `CHENGYUN_TIER` (city, district or street) and `CHENGYUN_NODE`, together the node's name in certificates.
  public var city: String
  public var tier: String
  public var node: String
  /// `CHENGYUN_TIME_ZONE`: an IANA name. Default Asia/Shanghai.
  public var timeZone: String
  /// `CHENGYUN_LISTEN`: a numeric address and port; port 0 takes a free one.
  public var listen: SocketAddress
  public var database: DatabaseSettings
  public var security: Security
  /// `CHENGYUN_FIELD_KEY_FILE`: the node's secret, exactly 32 bytes, readable by the service only.
  public var secretFile: String
  /// `CHENGYUN_INTAKE`, `CHENGYUN_DISPATCH` …: where the other services are ("host:port", several separated by commas).
  public var addresses: [String: String]
  /// `CHENGYUN_REACTORS`: threads that serve. 0, the default, means one a core.
  public var reactors: Int
  /// `CHENGYUN_LOG_LEVEL`: trace, debug, info, notice, warning, error or critical. Default info.
  public var logLevel: Logger.Level
  /// `CHENGYUN_DRAIN_SECONDS`: how long calls in flight may go on after SIGTERM. Default 10 s.
  public var drainGrace: Duration
  /// `CHENGYUN_START_SECONDS`: how long a start waits for the database. Default 60 s.
  public var startPatience: Duration
  /// `CHENGYUN_COMMAND_DAYS`: how long the answer to a command is kept, so that a repetition under the same key gets it. Default 7 days.
  /// Facts have no such setting: they are kept.
  public var commandRetention: Duration

  public struct DatabaseSettings: Sendable, Hashable {
    /// `CHENGYUN_DATABASE_URL`: a libpq connection string or URL.
    public var conninfo: String
    /// `CHENGYUN_DATABASE_SCHEMA`: absent leaves it to the role's own search_path.
    public var schema: String?
    /// `CHENGYUN_DATABASE_POOL`: connections a reactor. Default 4.
    public var connectionsPerReactor: Int

    public init(conninfo: String, schema: String? = nil, connectionsPerReactor: Int = 4) {
      self.conninfo = conninfo
      self.schema = schema
      self.connectionsPerReactor = connectionsPerReactor
    }
  }

  /// How services prove to each other who they are.
  public enum Security: Sendable, Hashable {
    /// `CHENGYUN_TLS_CA`, `CHENGYUN_TLS_CERT`, `CHENGYUN_TLS_KEY`: PEM files.
    case mutualTLS(authority: String, certificate: String, key: String)
    /// `CHENGYUN_PLAINTEXT=1`: whoever reaches the port may call everything. For trials on one machine.
    case plaintext
  }

  public init(
    service: String, city: String, tier: String, node: String, timeZone: String = "Asia/Shanghai", listen: SocketAddress,
    database: DatabaseSettings, security: Security, secretFile: String, addresses: [String: String] = [:], reactors: Int = 0,
    logLevel: Logger.Level = .info, drainGrace: Duration = .seconds(10), startPatience: Duration = .seconds(60),
    commandRetention: Duration = .seconds(7 * 86_400)
  ) {
    self.service = service
    self.city = city
    self.tier = tier
    self.node = node
    self.timeZone = timeZone
    self.listen = listen
    self.database = database
    self.security = security
    self.secretFile = secretFile
    self.addresses = addresses
    self.reactors = reactors
    self.logLevel = logLevel
    self.drainGrace = drainGrace
    self.startPatience = startPatience
    self.commandRetention = commandRetention
  }

  /// This service's name in certificates.
  public var identity: ServiceIdentity { ServiceIdentity(city: city, tier: tier, node: node, service: service) }
}

/// Settings that are missing or make no sense: all of them, by name. Never prints a value (a connection string may hold a password).
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  public struct Fault: Sendable, Hashable {
    /// The variable, or the file it names.
    public let name: String
    /// For instance "is missing".
    public let complaint: String

    public init(name: String, complaint: String) {
      self.name = name
      self.complaint = complaint
    }
  }

  public let faults: [Fault]

  public init(_ faults: [Fault]) { self.faults = faults }

  public init(_ name: String, _ complaint: String) { faults = [Fault(name: name, complaint: complaint)] }

  public var description: String { faults.map { "\($0.name) \($0.complaint)" }.joined(separator: "; ") }
}
