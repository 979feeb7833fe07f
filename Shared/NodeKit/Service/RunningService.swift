// Starts a service in order and stops it in reverse. Used by the executables and by tests that run several services in one process.
internal import Events
internal import EventsAPI
internal import HealthAPI
public import Logging
internal import NodeAPI
public import Postgres
public import RPC
public import Reactor

/// A service that listens, with everything it needs.
public final class RunningService: Sendable {
  public let runtime: ServiceRuntime
  /// Where it listens, with the real port.
  public let addresses: [SocketAddress]
  public let calls: CallCounters
  private let server: Server
  private let jobs: JobRunner

  init(runtime: ServiceRuntime, addresses: [SocketAddress], calls: CallCounters, server: Server, jobs: JobRunner) {
    self.runtime = runtime
    self.addresses = addresses
    self.calls = calls
    self.server = server
    self.jobs = jobs
  }

  /// Says that it doesn't serve any more, ends the jobs and lets calls in flight end (each within `grace`), closes channels and database.
  public func stop(grace: Duration? = nil) async {
    let grace = grace ?? runtime.configuration.drainGrace
    runtime.health.raise(.draining)
    await jobs.stop(within: grace)
    await server.drain(grace: grace)
    await runtime.channels.close()
    await runtime.database.close()
    await calls.logTotals()
  }
}

/// Starts a service: files → database (waiting for it) → migrations → clock → channels → `build` → server → jobs.
///
/// On a reactor of `reactors`, which must outlive the service. What was opened is closed again when a later step fails.
/// - Throws: `ConfigurationError`; `PostgresError`; `SystemError` when it cannot listen; what `build` throws.
public func startService(
  _ configuration: ServiceConfiguration, reactors: ReactorGroup, logger: Logger, migrations: [Migration],
  build: @escaping @Sendable (ServiceRuntime) async throws -> ServiceParts
) async throws -> RunningService {
  let material = try await OffloadPool.run { try StartMaterial(configuration) }
  let database = openDatabase(configuration, reactors, logger)
  let channels = PeerChannels(addresses: configuration.addresses, tls: material.clientTLS, reactors: reactors)
  do {
    try await waitForDatabase(database, patience: configuration.startPatience, logger: logger)
    try await Migrator(database, EventsSchema.migrations + migrations).run()
    let clock = NodeClock(store: PostgresNodeClockStore(database: database))
    try await clock.reload()
    let runtime = ServiceRuntime(
      configuration: configuration, reactors: reactors, database: database, events: EventLog(database: database), clock: clock,
      logger: logger, fieldCipher: material.secret.fieldCipher, trackingTokens: material.secret.trackingTokens,
      timeZone: material.timeZone, health: HealthBoard(),
      identityIssuer: IdentityIssuer(key: material.signingKey, identity: configuration.identity), channels: channels)
    return try await serve(runtime, try await build(runtime), material)
  } catch {
    await channels.close()
    await database.close()
    throw error
  }
}

private func serve(_ runtime: ServiceRuntime, _ parts: ServiceParts, _ material: StartMaterial) async throws -> RunningService {
  let rules = accessRules(parts)
  let calls = CallCounters(reactors: runtime.reactors, logger: runtime.logger)
  let jobs = JobRunner(reactors: runtime.reactors, logger: runtime.logger)
  let server = try Server(
    configuration: ServerConfiguration(
      host: runtime.configuration.listen.host, port: runtime.configuration.listen.port, tls: material.serverTLS,
      trustPlaintextPeers: material.serverTLS == nil),
    reactors: runtime.reactors, router: router(runtime, parts, rules), access: AccessPolicy(rules),
    persons: IdentityVerifier(authorities: material.authorities, service: runtime.configuration.identity), interceptors: [calls],
    logger: runtime.logger)
  let addresses = try await server.start()
  jobs.start(standardJobs(runtime, material) + consumerJobs(parts) + parts.jobs)
  runtime.health.lift(.starting)
  runtime.logger.notice(
    "serving",
    metadata: [
      "address": "\(addresses.map(\.description).joined(separator: ","))", "identity": "\(runtime.configuration.identity)",
      "tls": "\(material.serverTLS != nil)", "reactors": "\(runtime.reactors.reactors.count)", "version": "\(Product.version)",
    ])
  return RunningService(runtime: runtime, addresses: addresses, calls: calls, server: server, jobs: jobs)
}

/// Health, Clock and Events of every service, then its own.
private func router(_ runtime: ServiceRuntime, _ parts: ServiceParts, _ rules: [RPC.Method: AccessRule]) -> Router {
  var router = Router()
  HealthService(board: runtime.health, services: Set(rules.keys.map(\.service))).register(in: &router)
  ClockService(clock: runtime.clock).register(in: &router)
  DrainedEvents(events: EventsService(log: runtime.events, consumers: parts.consumers), health: runtime.health).register(in: &router)
  parts.register(&router)
  return router
}

private func accessRules(_ parts: ServiceParts) -> [RPC.Method: AccessRule] {
  var rules: [RPC.Method: AccessRule] = [:]
  for method in HealthMethods.all { rules[method] = .anyone }
  for method in ClockMethods.all { rules[method] = .operatorOnly }
  rules[ClockMethods.get] = .node
  for method in EventsMethods.all { rules[method] = .node }
  return rules.merging(parts.access) { $1 }
}

private func standardJobs(_ runtime: ServiceRuntime, _ material: StartMaterial) -> [any Job] {
  let database = runtime.database
  return [
    DatabaseProbe(board: runtime.health, logger: runtime.logger, ask: { try await database.query("SELECT 1") }),
    ClockFollower(clock: runtime.clock, database: database),
    CommandRetention(retention: runtime.configuration.commandRetention, database: database, logger: runtime.logger),
    CertificateWatch(certificates: material.certificates, logger: runtime.logger),
  ]
}

private func consumerJobs(_ parts: ServiceParts) -> [any Job] {
  parts.consumers.map { consumer in NamedJob("consumer-\(consumer.source)") { try await consumer.run() } }
}

private func openDatabase(_ configuration: ServiceConfiguration, _ reactors: ReactorGroup, _ logger: Logger) -> Database {
  var settings = DatabaseConfiguration(
    conninfo: configuration.database.conninfo, applicationName: "chengyun-\(configuration.service)", schema: configuration.database.schema)
  settings.connectionsPerReactor = configuration.database.connectionsPerReactor
  return Database(configuration: settings, reactors: reactors, logger: logger)
}

/// Asks until the database answers. A node's processes start together, PostgreSQL among them.
func waitForDatabase(_ database: Database, patience: Duration, logger: Logger) async throws {
  let deadline = MonotonicTime.now().advanced(by: patience)
  var pause = Duration.milliseconds(50)
  var told = false
  while true {
    do {
      try await database.query("SELECT 1")
      return
    } catch let error as PostgresError where error.isTransient && MonotonicTime.now() < deadline {
      if !told { logger.notice("waiting for the database", metadata: ["error": "\(error)"]) }
      told = true
    }
    try await Reactor.sleep(for: pause)
    pause = min(pause * 2, .seconds(1))
  }
}
