internal import ArgumentParser
internal import ChengyunDomain
internal import Cryptography
internal import Glibc
internal import Reactor

struct UpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Starts a whole node: its PostgreSQL and the five services; keeps it running until Ctrl-C.",
    discussion: """
      Everything is kept in one folder. The first start makes a PostgreSQL cluster, a certificate authority with certificates for the
      services and for the operator, and the node's secrets. A crashed process is started again. The logs are in <dir>/log.
      """)

  @OptionGroup var node: NodeFolderOption
  @OptionGroup var options: NodeSettingsOptions

  func run() throws {
    let folder = node.folder
    let settings = try options.settings(try folder.settings())
    try onReactors(seesToSignals: true) { reactors in
      let supervisor = try makeSupervisor(folder, settings, reactors)
      do {
        try await untilSignal {
          try await supervisor.start()
          announce(await supervisor.status())
          try await Reactor.sleep(for: .days(36_500))
        }
      } catch is CancellationError {
        Terminal.say("stopping")
        await supervisor.stop()
        Terminal.say("stopped")
      }
    }
  }
}

func makeSupervisor(_ folder: NodeFolder, _ settings: NodeSettings, _ reactors: ReactorGroup) throws -> NodeSupervisor {
  try NodeSupervisor(folder: folder, settings: settings, programs: Files.folder(of: Files.ownExecutable()), reactors: reactors)
}

/// Says where everything is.
func announce(_ status: NodeStatus) {
  let services = ServiceName.allCases.map { "\($0) \(status.services[$0.rawValue]?.address ?? "")" }.joined(separator: ", ")
  Terminal.say("node \(status.settings.node) of \(status.settings.city) is up: \(services)")
  Terminal.say(status.certificateAuthority.map { "mutual TLS; authority \($0)" } ?? "PLAIN TEXT between the services")
}
