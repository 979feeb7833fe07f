internal import ArgumentParser
internal import ChengyunDomain
internal import CityModel
internal import Cryptography
internal import Reactor

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Says where the node's services are and how they are. Ends with 0 when all are healthy, 69 otherwise.",
    discussion: """
      With --json: services.<name>.address, .pid, .health, .restarts; console.url; postgres.dsn, .pid, .socket, .data;
      tls.ca, tls.client_cert, tls.client_key, tls.not_after (when the first certificate ends); versions. The health is asked for now,
      not remembered.
      """)

  @OptionGroup var node: NodeFolderOption

  @Flag(help: "For programs.")
  var json = false

  func run() throws {
    let folder = node.folder
    let (json, path) = (json, node.path)
    try onReactors { reactors in
      guard var status = folder.status() else {
        throw CommandFailure(.unavailable, "there is no node in \(folder.root); start one with `chengyun up --data \(path)`")
      }
      if status.pid != nil { try await refresh(&status, folder, reactors) }
      if status.certificateAuthority != nil {
        status.certificatesEnd = NodeCertificates(folder: folder).firstEnd().map { Instant(seconds: $0) }
      }
      Terminal.say(json ? status.json.rendered() : table(status))
      guard status.isHealthy else { throw CommandExit.unavailable.code }
    }
  }

  private func refresh(_ status: inout NodeStatus, _ folder: NodeFolder, _ reactors: ReactorGroup) async throws {
    let probe = try HealthProbe(NodeAddress(status), reactors: reactors)
    await withTaskGroup(of: (ServiceName, String).self) { group in
      for service in ServiceName.allCases
      where status.services[service.rawValue]?.pid != nil || !status.settings.runs(service) {
        group.addTask { (service, await probe.health(of: service)) }
      }
      for await (service, health) in group { status.services[service.rawValue]?.health = health }
    }
    await probe.close()
    if status.console?.pid != nil { status.console?.health = await folder.consoleProbe(status.settings).health() }
  }

  private func table(_ status: NodeStatus) -> String {
    var lines = [["service", "address", "process", "health", "restarts"]]
    func add(_ name: String, _ process: NodeStatus.Process) {
      lines.append([name, process.address, process.pid.map(String.init) ?? "–", process.health, String(process.restarts)])
    }
    add("postgres", status.postgres)
    for service in ServiceName.allCases { if let process = status.services[service.rawValue] { add(service.rawValue, process) } }
    if let console = status.console { add(ConsoleLaunch.name, console) }
    let certificates = status.certificatesEnd.map { end in
      "\nCertificates: good until \(end)"
        + (status.needsRenewal(at: Instant(seconds: systemSeconds())) ? " – start the node anew (`chengyun up`), which renews them" : "")
    }
    let state = status.pid.map { "up, process \($0)" } ?? "not running"
    return "node \(status.settings.node), \(status.settings.tier) of \(status.settings.city), \(status.settings.timeZone): \(state)\n"
      + alignedColumns(lines, textColumns: 4) + "\nPostgreSQL's cluster: \(status.postgresData)" + (certificates ?? "")
  }
}

extension CommandExit {
  var code: ExitCode { ExitCode(rawValue) }
}
