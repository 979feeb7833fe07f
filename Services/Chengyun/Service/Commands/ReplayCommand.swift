internal import ArgumentParser
internal import ChengyunDomain
internal import Reactor

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Feeds a city's extract, or its sensors' series, to the running node in the data's own time.",
    discussion: """
      A mapping file (JSON, described in Services/Chengyun/README.md) says what the columns mean; a city never seen needs nothing else.
      Rows that make no sense go to the rejects file with line number and reason, and the run goes on. A replay that was stopped half-way
      goes on when the same command is given again, and files nothing twice. Ends with 65 when the mapping or the file cannot be used.
      """)

  @OptionGroup var node: NodeFolderOption

  @Option(help: ArgumentHelp("What the columns of the extract mean.", valueName: "file"))
  var mapping: String?

  @Option(help: ArgumentHelp("Sensors, their rules and their series, instead of an extract.", valueName: "file"))
  var sensors: String?

  @Argument(help: "The extract (.csv, also .csv.gz). With --sensors: files that replace those of the series.")
  var csv: [String] = []

  @Option(help: ArgumentHelp("Where rows that are not taken go. (default: <dir>/replays/<file>.rejects.csv)", valueName: "file"))
  var rejects: String?

  @Option(help: ArgumentHelp("Only the first rows.", valueName: "rows"))
  var limit: Int?

  @Option(help: ArgumentHelp("How long a service may be away before the replay gives up.", valueName: "seconds"))
  var patience = 180

  func validate() throws {
    guard (mapping == nil) != (sensors == nil) else { throw ValidationError("Give either --mapping or --sensors.") }
    if mapping != nil, csv.count != 1 { throw ValidationError("Give one extract.") }
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    if patience < 1 { throw ValidationError("--patience must be at least 1.") }
  }

  func run() throws {
    let status = try runningNode(node)
    let command = self
    let folder = node.folder
    try onReactors { reactors in
      let clients = try NodeClients(NodeAddress(status), reactors: reactors)
      let job = ReplayJob(
        clients: clients, folder: folder, nodeZone: status.settings.timeZone, patience: Patience(limit: .seconds(command.patience)))
      if let mapping = command.mapping {
        try await job.replay(mapping: mapping, csv: command.csv[0], rejects: command.rejects, limit: command.limit)
      } else if let sensors = command.sensors {
        try await job.replay(sensors: sensors, files: command.csv, rejects: command.rejects)
      }
      await clients.close()
    }
  }
}
