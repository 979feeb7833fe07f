internal import ArgumentParser
internal import ChengyunDomain
internal import Cryptography
internal import Reactor

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Starts a node, replays the bundled Los Angeles requests, prints what came of them, and stays up until Ctrl-C.",
    discussion: "A second run finds everything done: it is quick and changes nothing.")

  @OptionGroup var node: NodeFolderOption
  @OptionGroup var options: NodeSettingsOptions

  @Flag(help: "End after the summary.")
  var once = false

  @Flag(
    help: "Also replay the bundled road sensors; their alarms open cases of their own, so the figures then hold more than the requests.")
  var sensors = false

  @Option(help: ArgumentHelp("Where the bundled examples are. (default: found beside the sources)", valueName: "dir"))
  var examples: String?

  func run() throws {
    let folder = node.folder
    let losAngeles = NodeSettings(city: "los-angeles", timeZone: "America/Los_Angeles")
    let settings = try options.settings(try folder.settings(), defaults: losAngeles)
    let examples = try Examples.find(examples)
    let (once, sensors, path) = (once, sensors, node.path)
    try onReactors(seesToSignals: true) { reactors in
      let supervisor = try makeSupervisor(folder, settings, reactors)
      do {
        try await untilSignal {
          try await supervisor.start()
          let status = await supervisor.status()
          announce(status)
          try await replay(status, folder, examples, sensors: sensors, reactors)
          Terminal.say("try: chengyun report --data \(path) --by district; chengyun case list --data \(path) --open")
          if !once { try await Reactor.sleep(for: .days(36_500)) }
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
  }

  private func replay(_ status: NodeStatus, _ folder: NodeFolder, _ examples: Examples, sensors: Bool, _ reactors: ReactorGroup)
    async throws
  {
    let clients = try NodeClients(NodeAddress(status), reactors: reactors)
    let patience = Patience()
    let job = ReplayJob(clients: clients, folder: folder, nodeZone: status.settings.timeZone, patience: patience)
    try await job.replay(mapping: examples.mapping, csv: examples.requests, rejects: nil, limit: nil)
    if sensors { try await job.replay(sensors: examples.sensors, files: [], rejects: nil) }
    let figures = Figures(evaluation: clients.evaluation, patience: patience)
    for dimension in [ReportDimension.department, .channel] {
      Terminal.say("\n" + (try await figures.table(by: dimension, period: nil)).rendered())
    }
    await clients.close()
  }
}

/// The bundled examples.
struct Examples: Sendable {
  let folder: String

  var mapping: String { Files.joined(folder, "los-angeles/mapping.json") }
  var requests: String { Files.joined(folder, "los-angeles/requests_2017-12.csv.gz") }
  var sensors: String { Files.joined(folder, "traffic/sensors.json") }

  /// The folder that is given; else beside the program, in the current folder's sources, or in the sources above the program.
  static func find(_ given: String?) throws -> Examples {
    if let given { return try check(given) }
    var candidates = [Files.joined(Files.folder(of: Files.ownExecutable()), "Examples"), Files.absolute("Services/Chengyun/Examples")]
    var folder = Files.folder(of: Files.ownExecutable())
    while folder != "/" {
      candidates.append(Files.joined(folder, "Services/Chengyun/Examples"))
      folder = Files.folder(of: folder)
    }
    for candidate in candidates { if let found = try? check(candidate) { return found } }
    throw CommandFailure(.badInput, "the examples are not found; name their folder with --examples")
  }

  private static func check(_ folder: String) throws -> Examples {
    let examples = Examples(folder: folder)
    guard Files.exists(examples.mapping), Files.exists(examples.requests) else {
      throw CommandFailure(.badInput, "\(folder) does not hold the examples")
    }
    return examples
  }
}
