internal import ArgumentParser
internal import Glibc
internal import Reactor

/// Runs the command that the arguments name, and ends the process. On the main thread, which waits while the reactors work: an asynchronous
/// main would be drained by a dispatch queue that takes signals again, and a Ctrl-C would end the process without stopping the node.
public func runChengyun() -> Never {
  // Before anything starts a thread: every thread inherits the mask, and only whoever waits for these signals gets them.
  Signals.block([SIGINT, SIGTERM, SIGHUP])
  ChengyunCommand.main()
  exit(0)
}

/// 城运: the operator's command.
struct ChengyunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chengyun",
    abstract: "Runs a node of the city operation platform (城运), feeds it data, and asks it.",
    version: Version.current,
    subcommands: [
      UpCommand.self, StatusCommand.self, ReplayCommand.self, ReportCommand.self, CaseCommands.self, ClockCommand.self, DemoCommand.self,
      AdminCommand.self, CleanCommand.self,
    ])
}
