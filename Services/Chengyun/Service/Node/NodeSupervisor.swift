internal import ChengyunDomain
internal import Glibc
internal import Reactor

/// Starts a whole node (PostgreSQL, then its services, then the console), keeps it running, and stops it in reverse order.
/// Lives on one reactor, whose thread starts the children: their death signal is bound to it.
actor NodeSupervisor {
  /// How often health and logs are looked after once the node runs.
  static let roundInterval = Duration.seconds(1)
  /// A service drains on SIGTERM; then it is stopped by force.
  static let serviceStopSteps = [
    StopStep(signal: SIGTERM, patience: .seconds(15)), StopStep(signal: SIGKILL, patience: .seconds(5)),
  ]

  nonisolated let folder: NodeFolder
  nonisolated let settings: NodeSettings
  nonisolated let reactor: Reactor
  /// How long the services may take until all are healthy for the first time.
  private let startPatience: Duration
  private let reactors: ReactorGroup
  private let programs: String
  private let cluster: PostgresCluster
  /// Nil when the program is not there.
  private let consoleLaunch: Launch?
  private let lock: LockFile

  private var children: [String: ChildProcess] = [:]
  private var restarts: [String: Int] = [:]
  private var health: [String: String] = [:]
  private var keepers: [Task<Void, any Error>] = []
  private var probe: HealthProbe?
  private var hasBeenHealthy = false
  private var stopping = false
  private var startFailure: String?
  private var storedStatus: NodeStatus?
  private var storeFailure: String?

  static let postgres = "postgres"

  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }

  /// Takes the folder for this process.
  /// - Throws: `HostError` when another `up` has it, a program is missing, or the folder cannot be used.
  init(
    folder: NodeFolder, settings: NodeSettings, programs: String, reactors: ReactorGroup,
    startPatience: Duration = .seconds(StartPatience.defaultSeconds)
  ) throws {
    try folder.prepare()
    guard let lock = try LockFile(folder.lockFile) else {
      let holder = LockFile.holder(folder.lockFile).map { " (process \($0))" } ?? ""
      throw HostError("another `chengyun up`\(holder) runs on \(folder.root)")
    }
    self.lock = lock
    self.folder = folder
    self.settings = settings
    self.programs = programs
    self.startPatience = startPatience
    self.reactors = reactors
    reactor = reactors.reactors[0]
    let removed = geteuid() == 0 ? ApartClusters().removeAbandoned() : []
    cluster = try PostgresCluster.locate(in: folder)
    for service in settings.services {
      _ = try folder.launch(service, settings: settings, databaseURL: "", programs: programs)
    }
    consoleLaunch = settings.runsConsole ? folder.launchConsole(settings: settings, programs: programs) : nil
    for text in removed { note(text) }
    if consoleLaunch == nil, settings.runsConsole { note("there is no console in \(programs): the node runs without pages") }
  }

  /// Returns when everything is healthy. When it throws, what had been started is stopped.
  func start() async throws {
    do {
      try await prepare()
      try await startPostgres()
      try await startServices()
      try await awaitHealth()
      hasBeenHealthy = true
      keepers.append(reactor.spawn { await self.lookAfter() })
    } catch {
      await stop()
      throw error
    }
  }

  /// Services from the last to the first, then PostgreSQL. Nothing is left when it returns.
  func stop() async {
    guard !stopping else { return }
    stopping = true
    if let probe { await probe.close() }
    await stopChild(ConsoleLaunch.name, Self.serviceStopSteps)
    for service in settings.services.reversed() { await stopChild(service.rawValue, Self.serviceStopSteps) }
    await stopChild(Self.postgres, PostgresCluster.stopSteps)
    for keeper in keepers { keeper.cancel() }
    for keeper in keepers { _ = await keeper.result }
    storeStatus()
  }

  func status() -> NodeStatus {
    var services: [String: NodeStatus.Process] = [:]
    for service in ServiceName.allCases { services[service.rawValue] = process(service.rawValue, settings.address(of: service)) }
    let tls = settings.plaintext ? nil : NodeCertificates(folder: folder)
    return NodeStatus(
      settings: settings, pid: stopping ? nil : getpid(), services: services,
      console: consoleLaunch.map { _ in process(ConsoleLaunch.name, settings.consoleAddress) },
      postgres: process(Self.postgres, cluster.socketFolder), postgresDSN: (try? cluster.operatorDSN()) ?? "",
      postgresData: cluster.data,
      certificateAuthority: tls?.authorityFile,
      clientCertificate: tls.map { _ in folder.certificate(of: NodeCertificates.operatorName) },
      clientKey: tls.map { _ in folder.key(of: NodeCertificates.operatorName) }, version: Version.current)
  }

  private func process(_ name: String, _ address: String) -> NodeStatus.Process {
    let child = children[name]
    if let service = ServiceName(rawValue: name), !settings.runs(service) {
      return NodeStatus.Process(address: address, health: NodeStatus.elsewhere)
    }
    return NodeStatus.Process(
      address: address, pid: child?.pid, health: child == nil ? "stopped" : health[name] ?? "starting", restarts: restarts[name] ?? 0)
  }
}

// MARK: - start

extension NodeSupervisor {
  private func prepare() async throws {
    try folder.store(settings)
    try await Ports.awaitFree(settings)
    let (folder, settings, cluster) = (folder, settings, cluster)
    let made = try await OffloadPool.run {
      try Secrets.ensureFieldKey(in: folder)
      if !cluster.isInitialised { Terminal.warn("making a PostgreSQL cluster in \(cluster.home)") }
      try cluster.initialise()
      try cluster.writeSettings()
      return settings.plaintext ? [] : try NodeCertificates(folder: folder).ensure(settings)
    }
    if !made.isEmpty { note("certificates made: \(made.joined(separator: ", "))") }
  }

  private func startPostgres() async throws {
    let child = try await cluster.start(on: reactor)
    children[Self.postgres] = child
    health[Self.postgres] = "serving"
    let cluster = cluster
    try await OffloadPool.run { try cluster.provision() }
    keep(Self.postgres, first: child) { try await cluster.start(on: $0) }
  }

  private func startServices() async throws {
    probe = try HealthProbe(NodeAddress(folder: folder, settings: settings), reactors: reactors)
    for service in settings.services {
      let launch = try folder.launch(service, settings: settings, databaseURL: try cluster.serviceDSN(service), programs: programs)
      let child = try await ChildProcess.start(launch, on: reactor)
      children[service.rawValue] = child
      keep(service.rawValue, first: child) { try await ChildProcess.start(launch, on: $0) }
    }
    if let consoleLaunch {
      let child = try await ChildProcess.start(consoleLaunch, on: reactor)
      children[ConsoleLaunch.name] = child
      keep(ConsoleLaunch.name, first: child) { try await ChildProcess.start(consoleLaunch, on: $0) }
    }
  }

  private func awaitHealth() async throws {
    let deadline = MonotonicTime.now().advanced(by: startPatience)
    for service in settings.services.map(\.rawValue) + (consoleLaunch == nil ? [] : [ConsoleLaunch.name]) {
      while true {
        if let startFailure { throw HostError(startFailure) }
        health[service] = await currentHealth(of: service)
        if health[service] == "serving" { break }
        guard MonotonicTime.now() < deadline else {
          throw HostError(
            "\(service) was not healthy within \(startPatience.components.seconds) s:\n"
              + lastLines(of: folder.log(of: service)))
        }
        try await Reactor.sleep(for: .milliseconds(20))
      }
    }
    storeStatus()
  }
}

// MARK: - keep running

extension NodeSupervisor {
  /// Follows one child to its end and starts it again, until the node stops.
  private func keep(_ name: String, first: ChildProcess, again: @escaping @Sendable (Reactor) async throws -> ChildProcess) {
    keepers.append(
      reactor.spawn {
        var policy = RestartPolicy()
        var child = first
        while let delay = await self.ended(name, await child.end(), child, &policy) {
          try await Reactor.sleep(for: delay)
          guard let next = try await self.restart(name, &policy, again) else { return }
          child = next
        }
      })
  }

  /// Nil when it is not to be started again.
  private func ended(_ name: String, _ end: ProcessEnd, _ child: ChildProcess, _ policy: inout RestartPolicy) -> Duration? {
    guard !stopping else { return nil }
    children[name] = nil
    let delay = policy.crashed(after: child.startedAt.duration(to: .now()))
    restarts[name, default: 0] += 1
    note("\(name) \(end); it is started again" + (delay > .zero ? " in \(delay)" : ""))
    if !hasBeenHealthy, policy.crashes >= RestartPolicy.startAttempts {
      startFailure = "\(name) \(end) \(policy.crashes) times while starting:\n" + lastLines(of: folder.log(of: name))
      return nil
    }
    storeStatus()
    return delay
  }

  private func restart(
    _ name: String, _ policy: inout RestartPolicy, _ again: @Sendable (Reactor) async throws -> ChildProcess
  ) async throws -> ChildProcess? {
    while !stopping {
      do {
        let child = try await again(reactor)
        guard !stopping else {
          _ = await child.stop(name == Self.postgres ? PostgresCluster.stopSteps : Self.serviceStopSteps, on: reactor)
          return nil
        }
        children[name] = child
        health[name] = name == Self.postgres ? "serving" : "starting"
        storeStatus()
        return child
      } catch {
        let delay = policy.crashed(after: .zero)
        note("\(name) cannot be started: \(error); next attempt in \(delay)")
        try await Reactor.sleep(for: delay)
      }
    }
    return nil
  }

  private func lookAfter() async {
    while !stopping {
      await withTaskGroup(of: (String, String).self) { group in
        for service in settings.services.map(\.rawValue) + [ConsoleLaunch.name] where children[service] != nil {
          group.addTask { (service, await self.currentHealth(of: service)) }
        }
        for await (service, state) in group { health[service] = state }
      }
      storeStatus()
      let logs = (settings.services.map(\.rawValue) + [ConsoleLaunch.name, Self.postgres, "up"]).map { folder.log(of: $0) }
      try? await OffloadPool.run { for log in logs { LogRotation.rotate(log) } }
      guard (try? await Reactor.sleep(for: Self.roundInterval)) != nil else { return }
    }
  }

  private func currentHealth(of name: String) async -> String {
    guard let service = ServiceName(rawValue: name) else { return await folder.consoleProbe(settings).health() }
    return await probe?.health(of: service) ?? "unreachable"
  }

  private func stopChild(_ name: String, _ steps: [StopStep]) async {
    guard let child = children[name] else { return }
    let end = await child.stop(steps, on: reactor)
    children[name] = nil
    health[name] = "stopped"
    if end != .exited(0) { note("\(name) \(end) when it was stopped") }
  }

  private func storeStatus() {
    let status = status()
    guard status != storedStatus else { return }
    do {
      try folder.store(status)
      storedStatus = status
      storeFailure = nil
    } catch {
      // Tried again with every round, said once.
      if storeFailure != error.description { note("\(error)") }
      storeFailure = error.description
    }
  }

  /// For the operator, and for later.
  nonisolated private func note(_ text: String) {
    Terminal.warn("chengyun: \(text)")
    UpLog.append(text, to: folder.log(of: "up"))
  }
}
