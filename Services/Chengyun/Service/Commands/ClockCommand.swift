internal import ArgumentParser
internal import ChengyunDomain
internal import CityModel
internal import NodeAPI

struct ClockCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clock", abstract: "Shows the services' clocks, or lets them go after a replay that was not finished.",
    subcommands: [Show.self, Release.self], defaultSubcommand: Show.self)

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "What time it is for each service.")

    @OptionGroup var node: NodeFolderOption

    func run() throws {
      let status = try runningNode(node)
      try onReactors { reactors in
        let clients = try NodeClients(NodeAddress(status), reactors: reactors)
        let states = try await NodeClocks(clocks: clients.clocks, patience: Patience(limit: .seconds(5))).states()
        let lines = ServiceName.allCases.map { service -> [String] in
          let state = states[service]
          return [
            service.rawValue, state.map { "\(Instant(microseconds: $0.nowUs))" } ?? "–",
            state?.driven == true ? "driven by a replay" : "system time",
          ]
        }
        Terminal.say(alignedColumns(lines, textColumns: 3))
        await clients.close()
      }
    }
  }

  struct Release: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "release", abstract: "All clocks follow the system's again.",
      discussion: "A replay that was stopped leaves the clocks in the data's time, so that the same command can go on. This gives that up.")

    @OptionGroup var node: NodeFolderOption

    func run() throws {
      let status = try runningNode(node)
      try onReactors { reactors in
        let clients = try NodeClients(NodeAddress(status), reactors: reactors)
        try await NodeClocks(clocks: clients.clocks, patience: Patience(limit: .seconds(5))).release()
        Terminal.say("all clocks follow the system's")
        await clients.close()
      }
    }
  }
}

/// The running node, or the end of the command with a sentence and 69.
func runningNode(_ node: NodeFolderOption) throws -> NodeStatus {
  do {
    return try node.runningStatus()
  } catch {
    Terminal.warn("chengyun: \(error)")
    throw CommandExit.unavailable.code
  }
}
