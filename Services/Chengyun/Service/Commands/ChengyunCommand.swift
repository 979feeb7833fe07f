internal import ArgumentParser
internal import Glibc
internal import Reactor

/// Keeps SIGINT, SIGTERM and SIGHUP for whoever waits for them. To be called before anything starts a thread: a thread that still takes
/// them would end the process without stopping the node.
public func keepStopSignals() {
  Signals.block([SIGINT, SIGTERM, SIGHUP])
}

/// Runs the command that the arguments name, and ends the process.
public func runChengyun() async {
  await ChengyunCommand.main()
}

/// 城运: the operator's command.
struct ChengyunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chengyun",
    abstract: "Runs a node of the city operation platform (城运), feeds it data, and asks it.",
    version: Version.current,
    subcommands: [
      UpCommand.self, StatusCommand.self, ReplayCommand.self, ReportCommand.self, CaseCommands.self, ClockCommand.self, DemoCommand.self,
    ])
}
