internal import ArgumentParser
internal import ChengyunDomain
internal import Cryptography
internal import Glibc
internal import Reactor

struct UpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Starts a whole node, or some of its services, with a PostgreSQL; keeps it running until Ctrl-C.",
    discussion: """
      Everything is kept in one folder. The first start makes a PostgreSQL cluster, a certificate authority with certificates for the
      services and for the operator, and the node's secrets. A crashed process is started again. The logs are in <dir>/log.
      With --services some run here and the others on other machines (--peer, --listen; see Services/Chengyun/README.md): give every machine
      the same --city, --tier, --node, tls/ca.crt, tls/ca.key and secrets/field.key before its first start.
      \(StartPatience.name) says how many whole seconds the services may take to become healthy (1 to 86400, 60 unless set).
      """)

  @OptionGroup var node: NodeFolderOption
  @OptionGroup var options: NodeSettingsOptions

  func run() throws {
    let folder = node.folder
    let settings = try options.settings(try folder.settings())
    try onReactors(seesToSignals: true) { reactors in
      try await withNode(try makeSupervisor(folder, settings, reactors)) { status in
        try await welcome(status, folder, reactors)
        try await Reactor.sleep(for: .days(36_500))
      }
    }
  }
}

/// Starts the node, works beside it, and stops it, whatever came of the work. A signal ends the work; further ones change nothing, because
/// stopping has limits of its own (NodeSupervisor, PostgresCluster).
func withNode(_ supervisor: NodeSupervisor, _ work: @escaping @Sendable (NodeStatus) async throws -> Void) async throws {
  do {
    try await untilSignal {
      try await supervisor.start()
      let status = await supervisor.status()
      announce(status)
      try await work(status)
    }
    await supervisor.stop()
  } catch is CancellationError {
    Terminal.say("stopping")
    await supervisor.stop()
    Terminal.say("stopped")
  } catch {
    await supervisor.stop()
    throw error
  }
}

/// A new node's first administrator; says where the password is, never what it is. Accounts are dispatch's: made where that runs.
func welcome(_ status: NodeStatus, _ folder: NodeFolder, _ reactors: ReactorGroup) async throws {
  guard status.settings.runs(.dispatch) else { return }
  let clients = try NodeClients(NodeAddress(status), reactors: reactors)
  let file = try await FirstUsers(clients: clients, folder: folder, patience: Patience()).ensureAdministrator()
  if let file { Terminal.say("first user: \(FirstUsers.administrator), an administrator; the one-time password is in \(file)") }
  await clients.close()
}

func makeSupervisor(_ folder: NodeFolder, _ settings: NodeSettings, _ reactors: ReactorGroup) throws -> NodeSupervisor {
  guard let patience = StartPatience.parse(getenv(StartPatience.name).map { String(cString: $0) }) else {
    throw ValidationError(StartPatience.fault)
  }
  return try NodeSupervisor(
    folder: folder, settings: settings, programs: Files.folder(of: Files.ownExecutable()), reactors: reactors, startPatience: patience)
}

/// Says where everything is.
func announce(_ status: NodeStatus) {
  let services = ServiceName.allCases.map { "\($0) \(status.services[$0.rawValue]?.address ?? "")" }.joined(separator: ", ")
  Terminal.say("node \(status.settings.node) of \(status.settings.city) is up: \(services)")
  if status.console != nil { Terminal.say("console: \(status.settings.consoleURL)") }
  Terminal.say(status.certificateAuthority.map { "mutual TLS; authority \($0)" } ?? "PLAIN TEXT between the services")
}
