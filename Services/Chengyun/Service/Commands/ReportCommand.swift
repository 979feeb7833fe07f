internal import ArgumentParser
internal import ChengyunDomain
internal import CityModel
internal import EvaluationAPI

extension ReportDimension: ExpressibleByArgument {}
extension ReportPeriod: ExpressibleByArgument {}

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Counts the cases of the node by area, department, crew, kind or channel.",
    discussion: """
      requests: filed cases. closed on time: no later than the deadline; a case without one is never on time. rate: closed on time of
      those that should be closed (not cancelled, not referred). median h: hours from filing to closing of the closed ones.
      With --json: {"by":…, "groups":[{"group":…, "requests":…, "closed":…, "closed_on_time":…, "cancelled":…, "referred":…, "open":…,
      "median_hours_to_close":…}]}
      """)

  @OptionGroup var node: NodeFolderOption

  @Option(help: "What the figures are divided by.")
  var by = ReportDimension.department

  @Option(help: "Also by day, week (from Monday) or month of filing.")
  var period: ReportPeriod?

  @Option(name: .customLong("from"), help: ArgumentHelp("First day of filing, for instance 2017-12-01.", valueName: "day"))
  var firstDay: String?

  @Option(name: .customLong("to"), help: ArgumentHelp("Last day of filing.", valueName: "day"))
  var lastDay: String?

  @Flag(help: "For programs.")
  var json = false

  @Flag(help: "List the cases of every figure and check that there are exactly as many; end with 1 when not.")
  var verifyDrillDown = false

  func run() throws {
    let status = try runningNode(node)
    let range = try range(zone: CityTimeZone(name: status.settings.timeZone))
    let command = self
    try onReactors { reactors in
      let clients = try NodeClients(NodeAddress(status), reactors: reactors)
      let figures = Figures(evaluation: clients.evaluation, patience: Patience(limit: .seconds(10)))
      let table = try await figures.table(by: command.by, period: command.period, range: range)
      Terminal.say(command.json ? table.json.rendered() : table.rendered())
      if command.verifyDrillDown { try await command.verify(table, figures, range) }
      await clients.close()
    }
  }

  private func range(zone: CityTimeZone) throws -> EvaluationAPI.Range? {
    func day(_ text: String?, _ option: String) throws -> LocalDate? {
      guard let text else { return nil }
      guard let date = LocalDate(iso: text) else { throw ValidationError("\(option) must be a day such as 2017-12-31.") }
      return date
    }
    guard firstDay != nil || lastDay != nil else { return nil }
    return EvaluationAPI.Range(
      fromUs: try day(firstDay, "--from").map { zone.instant(of: $0).microseconds } ?? 0,
      beforeUs: try day(lastDay, "--to").map { zone.instant(of: $0.adding(days: 1)).microseconds } ?? 0)
  }

  private func verify(_ table: FigureTable, _ figures: Figures, _ range: EvaluationAPI.Range?) async throws {
    var wrong = 0
    for group in table.groups {
      for indicator in Figures.indicators {
        let listed = try await figures.drillDownCount(indicator, by: by, group: group, period: period, range: range)
        guard listed != group.count(of: indicator) else { continue }
        wrong += 1
        Terminal.warn("\(indicator) of \"\(group.group)\" counts \(group.count(of: indicator)), but its drill-down lists \(listed)")
      }
    }
    guard wrong == 0 else { throw CommandFailure(.failed, "\(wrong) figures do not match their cases") }
    Terminal.warn(
      "every figure's drill-down has exactly its cases (\(table.groups.count) groups, \(Figures.indicators.count) figures each)")
  }
}
