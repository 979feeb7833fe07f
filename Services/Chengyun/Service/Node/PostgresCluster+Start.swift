internal import ChengyunDomain
internal import Glibc
internal import Reactor

extension PostgresCluster {
  /// Fast shutdown (clients are disconnected), then immediate, then by force.
  static let stopSteps = [
    StopStep(signal: SIGINT, patience: .seconds(20)), StopStep(signal: SIGQUIT, patience: .seconds(5)),
    StopStep(signal: SIGKILL, patience: .seconds(5)),
  ]

  /// Makes the cluster when there is none. It is made aside and gets its name when it is whole, because this may be killed at any instant.
  /// Blocks for about a second: on a helper thread.
  func initialise() throws {
    guard !isInitialised else { return }
    let unfinished = data + ".new"
    try Files.removeTree(unfinished)
    // Roles and database of an earlier cluster are not in this one.
    unlink(provisionMarker)
    let password = try Secrets.password(of: DatabaseProvision.superuser, in: folder)
    let passwordFile = Files.joined(home, "first-password")
    try Files.write(Array(password.utf8), to: passwordFile, mode: 0o600)
    defer { unlink(passwordFile) }
    try giveToUser(passwordFile)
    let log = folder.log(of: "initdb")
    let end = try Launch(
      executable: "\(Self.programs)/initdb",
      arguments: [
        "--pgdata", unfinished, "--username", DatabaseProvision.superuser, "--pwfile", passwordFile, "--auth", "scram-sha-256",
        "--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums",
      ],
      environment: environment, logFile: log, user: user
    ).runToEnd()
    guard end == .exited(0) else { throw HostError("initdb \(end); see \(log):\n" + lastLines(of: log)) }
    try appendInclude(in: unfinished)
    guard rename(unfinished, data) == 0 else { throw HostError("make", data) }
  }

  /// The settings are written at every start, so that they follow the version of this program.
  func writeSettings() throws {
    try checkOwner()
    let path = Files.joined(data, "chengyun.conf")
    try Files.write(Array(settings.utf8), to: path, mode: 0o640)
    try giveToUser(path)
    try prepareSocketFolder()
  }

  private var settings: String {
    """
    # Written by `chengyun up` at every start.
    listen_addresses = ''
    unix_socket_directories = '\(socketFolder)'
    port = \(Self.port)
    max_connections = 200
    shared_buffers = 256MB
    effective_cache_size = 1GB
    max_wal_size = 2GB
    password_encryption = scram-sha-256
    jit = off
    timezone = 'UTC'
    log_timezone = 'UTC'
    log_line_prefix = '%m [%p] %q%u '
    # Statements and their values may be personal data.
    log_min_error_statement = panic
    log_parameter_max_length = 0
    log_parameter_max_length_on_error = 0

    """
  }

  private func appendInclude(in data: String) throws {
    let path = Files.joined(data, "postgresql.conf")
    let text = try Files.read(path) + Array("\ninclude 'chengyun.conf'\n".utf8)
    try Files.write(text, to: path, mode: 0o600)
    try giveToUser(path)
  }

  private func prepareSocketFolder() throws {
    if !Files.exists(socketFolder) {
      try Files.makeFolder(socketFolder, mode: 0o711)
      try giveToUser(socketFolder)
    }
    guard Files.owner(socketFolder) == userID else { throw HostError("\(socketFolder) belongs to somebody else") }
  }

  /// A folder that root has used cannot be used by another user, nor the other way round.
  private func checkOwner() throws {
    guard Files.owner(data) != userID else { return }
    let owner = Files.owner(data).flatMap { getpwuid($0) }.map { String(cString: $0.pointee.pw_name) } ?? "nobody"
    throw HostError(
      "the cluster \(data) belongs to the user \(owner); run the node as the user who made it"
        + (owner == Self.systemUser ? " (root)" : ""))
  }

  private var userID: uid_t { user.flatMap { getpwnam($0)?.pointee.pw_uid } ?? geteuid() }

  /// Starts the postmaster and waits until it takes connections.
  func start(on reactor: Reactor) async throws -> ChildProcess {
    try await clearLeftovers()
    let launch = Launch(
      executable: "\(Self.programs)/postgres", arguments: ["-D", data], environment: environment, logFile: folder.log(of: "postgres"),
      deathSignal: "INT", user: user)
    let child = try await ChildProcess.start(launch, on: reactor)
    do {
      try await awaitReady(child)
      return child
    } catch {
      // Also after a Ctrl-C: who started it is not told of it any more, and could not stop it.
      _ = await child.stop(Self.stopSteps, on: reactor)
      throw error
    }
  }

  private func awaitReady(_ child: ChildProcess) async throws {
    let deadline = MonotonicTime.now().advanced(by: Self.startPatience)
    while child.isRunning {
      if postmaster()?.isReady == true, postmaster()?.pid == child.pid { return }
      guard MonotonicTime.now() < deadline else {
        throw HostError("PostgreSQL was not ready within \(Self.startPatience.components.seconds) s; see \(folder.log(of: "postgres"))")
      }
      try await Reactor.sleep(for: .milliseconds(10))
    }
    throw HostError("PostgreSQL \(await child.end()) while starting:\n" + lastLines(of: folder.log(of: "postgres")))
  }

  /// What `postmaster.pid` says: its first line is the process, its eighth "ready" once connections are taken.
  func postmaster() -> (pid: pid_t, isReady: Bool)? {
    guard let lines = Files.readText(Files.joined(data, "postmaster.pid"))?.split(separator: "\n", omittingEmptySubsequences: false),
      let pid = lines.first.flatMap({ pid_t($0) })
    else { return nil }
    return (pid, lines.count > 7 && lines[7].hasPrefix("ready"))
  }

  /// After a kill of `up` the old postmaster may still be shutting down; after a power cut its files are left behind, and their
  /// process number may belong to somebody else by now.
  func clearLeftovers() async throws {
    let deadline = MonotonicTime.now().advanced(by: .seconds(30))
    while let old = postmaster() {
      guard isPostmaster(old.pid) else {
        try await awaitOrphans(until: deadline)
        for file in ["\(data)/postmaster.pid", "\(socketFolder)/.s.PGSQL.\(Self.port)", "\(socketFolder)/.s.PGSQL.\(Self.port).lock"] {
          unlink(file)
        }
        return
      }
      guard MonotonicTime.now() < deadline else {
        throw HostError("another PostgreSQL (process \(old.pid)) runs on \(data) and does not stop")
      }
      kill(old.pid, SIGINT)
      try await Reactor.sleep(for: .milliseconds(50))
    }
  }

  /// After a kill of the postmaster its other processes hold its memory until they notice; no new one starts before.
  private func awaitOrphans(until deadline: MonotonicTime) async throws {
    while Files.names(in: "/proc").contains(where: { isOrphan($0) }) {
      guard MonotonicTime.now() < deadline else { throw HostError("processes of an earlier PostgreSQL still run on \(data)") }
      try await Reactor.sleep(for: .milliseconds(50))
    }
  }

  private func isOrphan(_ process: String) -> Bool {
    guard pid_t(process) != nil, Files.readText("/proc/\(process)/cmdline")?.hasPrefix("postgres:") == true else { return false }
    return Files.absolute("/proc/\(process)/cwd") == data
  }

  /// The process that runs on the cluster now.
  var runningPostmaster: pid_t? { postmaster().flatMap { isPostmaster($0.pid) ? $0.pid : nil } }

  private func isPostmaster(_ pid: pid_t) -> Bool {
    guard let command = Files.readText("/proc/\(pid)/cmdline") else { return false }
    let words = command.split(separator: "\0").map(String.init)
    return words.first?.hasSuffix("postgres") == true && words.contains(data)
  }

  /// Database, schemas, roles. Skipped when the same script has run before. Blocks: on a helper thread.
  func provision() throws {
    var passwords: [ServiceName: String] = [:]
    for service in ServiceName.allCases { passwords[service] = try Secrets.password(of: service.rawValue, in: folder) }
    let script = DatabaseProvision.script(passwords: passwords)
    if Files.readText(provisionMarker) == script { return }
    try psql(database: "postgres", script: DatabaseProvision.createDatabase)
    try psql(database: DatabaseProvision.database, script: script)
    try Files.write(Array(script.utf8), to: provisionMarker, mode: 0o600)
  }

  private var provisionMarker: String { Files.joined(folder.secrets, "provisioned.sql") }

  private func psql(database: String, script: String) throws {
    let file = Files.joined(folder.secrets, "provision.sql")
    try Files.write(Array((script + "\n").utf8), to: file, mode: 0o600)
    defer { unlink(file) }
    var environment = self.environment
    environment["PGPASSWORD"] = try Secrets.password(of: DatabaseProvision.superuser, in: folder)
    let log = folder.log(of: "provision")
    let end = try Launch(
      executable: "\(Self.programs)/psql",
      arguments: [
        "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--host", socketFolder, "--port", String(Self.port), "--username",
        DatabaseProvision.superuser, "--dbname", database, "--file", file,
      ],
      environment: environment, logFile: log
    ).runToEnd()
    guard end == .exited(0) else { throw HostError("psql \(end):\n" + lastLines(of: log)) }
  }

  private var environment: [String: String] {
    ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PGCLIENTENCODING": "UTF8"]
  }
}

/// The end of a log, for an error message.
func lastLines(of path: String, count: Int = 5) -> String {
  (Files.readText(path) ?? "").split(separator: "\n").suffix(count).map { "  " + $0 }.joined(separator: "\n")
}
