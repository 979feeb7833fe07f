/// Where the database is and how much of it a process uses. Every limit has its default here.
public struct DatabaseConfiguration: Sendable {
  /// A libpq connection string or URL: `host=/run/postgresql dbname=city user=intake`, `postgresql://intake@db/city?sslmode=verify-full`.
  public var conninfo: String
  /// What pg_stat_activity shows.
  public var applicationName: String
  /// The schema that unqualified names mean; nil leaves it to the role's own search_path. PostGIS is expected in `public`.
  public var schema: String?
  /// Connections a reactor: 4. One more a process listens.
  public var connectionsPerReactor = 4
  /// Independent statements that one connection carries at once: 16.
  public var pipelineDepth = 16
  /// Callers that wait for a connection, a reactor: 10,000. More are refused at once.
  public var queueLimit = 10_000
  /// Longest wait for a connection, a broken database included: 10 s.
  public var waitLimit: Duration = .seconds(10)
  /// Longest time to make one connection: 5 s.
  public var connectLimit: Duration = .seconds(5)
  /// PostgreSQL ends a statement after this time: 30 s.
  public var statementLimit: Duration = .seconds(30)
  /// PostgreSQL ends a transaction whose client is silent for this time: 60 s. An open transaction holds back everybody's event streams.
  public var idleTransactionLimit: Duration = .seconds(60)
  /// Statements kept prepared, a connection: 256.
  public var preparedLimit = 256
  /// Most bytes of one `copyIn`: 256 MiB.
  public var copyLimit = 256 << 20

  public init(conninfo: String, applicationName: String, schema: String? = nil) {
    self.conninfo = conninfo
    self.applicationName = applicationName
    self.schema = schema
  }
}

/// What a connection was made for.
enum ConnectionPurpose: Sendable {
  case work
  /// Waits for notifications and sends them. What it sends need not survive a crash, so its commits don't wait for the disk.
  case listening
}
