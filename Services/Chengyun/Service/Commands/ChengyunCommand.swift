public import ArgumentParser

/// 城运: the operator's command.
public struct ChengyunCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "chengyun",
    abstract: "Runs a node of the city operation platform (城运), feeds it data, and asks it.",
    version: Version.current,
    subcommands: [
      UpCommand.self, StatusCommand.self, ReplayCommand.self, ReportCommand.self, CaseCommands.self, ClockCommand.self, DemoCommand.self,
    ])

  public init() {}
}
