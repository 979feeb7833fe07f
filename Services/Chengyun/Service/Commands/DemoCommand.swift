internal import ArgumentParser
internal import ChengyunDomain
internal import Cryptography
internal import Reactor
internal import Synchronization

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Starts a node, replays the bundled Los Angeles requests, prints what came of them, and stays up until Ctrl-C.",
    discussion: """
      A second run finds everything done: it is quick and changes nothing. Ctrl-C stops the node in order; in the middle of the replay the
      command then ends with 130, and the next run goes on where this one stopped.
      """)

  @OptionGroup var node: NodeFolderOption
  @OptionGroup var options: NodeSettingsOptions

  @Flag(help: "End after the summary.")
  var once = false

  @Flag(
    help: "Also replay the bundled road sensors; their alarms open cases of their own, so the figures then hold more than the requests.")
  var sensors = false

  @Option(help: ArgumentHelp("Only the first rows of the requests.", valueName: "rows"))
  var limit: Int?

  @Option(help: ArgumentHelp("Where the bundled examples are. (default: found beside the sources)", valueName: "dir"))
  var examples: String?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
  }

  func run() throws {
    let folder = node.folder
    let losAngeles = NodeSettings(city: "los-angeles", timeZone: "America/Los_Angeles")
    let settings = try options.settings(try folder.settings(), defaults: losAngeles)
    let examples = try Examples.find(examples)
    let command = self
    try onReactors(seesToSignals: true) { reactors in
      let hasReplayed = Mutex(false)
      try await withNode(try makeSupervisor(folder, settings, reactors)) { status in
        try await welcome(status, folder, reactors)
        try await command.replay(status, folder, examples, reactors)
        hasReplayed.withLock { $0 = true }
        Terminal.say(command.closingLines)
        if status.console != nil { Terminal.say("open \(status.settings.consoleURL) (citizens: \(status.settings.consoleURL)/report)") }
        if !command.once { try await Reactor.sleep(for: .days(36_500)) }
      }
      guard hasReplayed.withLock({ $0 }) else { throw ExitCode(130) }
    }
  }

  private var closingLines: String {
    let data = node.path
    let lines = ["try: chengyun report --data \(data) --by district; chengyun case list --data \(data) --open"]
    return
      (lines + (sensors ? [] : ["the bundled road sensors were left out; with them: make run ARGS=--sensors, or chengyun demo --sensors"])
      + (once ? [] : ["Ctrl-C stops the node"])).joined(separator: "\n")
  }

  private func replay(_ status: NodeStatus, _ folder: NodeFolder, _ examples: Examples, _ reactors: ReactorGroup) async throws {
    let clients = try NodeClients(NodeAddress(status), reactors: reactors)
    let patience = Patience()
    let job = ReplayJob(clients: clients, folder: folder, nodeZone: status.settings.timeZone, patience: patience)
    try await job.replay(mapping: examples.mapping, csv: examples.requests, rejects: nil, limit: limit)
    if sensors { try await job.replay(sensors: examples.sensors, files: [], rejects: nil) }
    let figures = Figures(evaluation: clients.evaluation, patience: patience)
    for dimension in [ReportDimension.department, .channel] {
      Terminal.say("\n" + (try await figures.table(by: dimension, period: nil)).rendered())
    }
    let users = try await FirstUsers(clients: clients, folder: folder, patience: patience).ensureDemoUsers()
    Terminal.say("\nusers of the demonstration, one for each role, with their passwords: \(users)")
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
