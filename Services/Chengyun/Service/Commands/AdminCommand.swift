internal import ArgumentParser
internal import ChengyunDomain
internal import CityModel
internal import DispatchAPI
internal import EvaluationAPI
internal import IntakeAPI
internal import RPC
internal import Reactor

struct AdminCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admin",
    abstract: "Gives the running node what a city decides: calendar, standards, codes, who does what, formulas, divisions; and its users.",
    subcommands: [Put.self, UserCommand.self])

  enum Setting: String, ExpressibleByArgument, CaseIterable {
    case calendar, formula, standards, codes, matrix, divisions
  }

  struct Put: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "put",
      abstract: "Stores a file's content: calendar, formula, standards, codes, matrix (JSON), or divisions (GeoJSON, also .gz).",
      discussion: """
        The formats are described in Services/Chengyun/README.md. A mistake is named with its line and field, and nothing is stored then.
        A version never changes once it is there: the same content again does nothing, another one under its name is refused.
        Ends with 65 when the file cannot be used or the service refuses it, 69 when no node runs.
        """)

    @OptionGroup var node: NodeFolderOption

    @Argument(help: "calendar, formula, standards, codes, matrix or divisions.")
    var setting: Setting

    @Argument(help: "The file.")
    var file: String

    @Option(help: "divisions: city, district, street or community.")
    var tier: String?

    @Option(help: ArgumentHelp("divisions: the property that holds the code.", valueName: "property"))
    var code = "code"

    @Option(help: ArgumentHelp("divisions: the property that holds the name.", valueName: "property"))
    var name = "name"

    func validate() throws {
      guard (setting == .divisions) == (tier != nil) else { throw ValidationError("--tier goes with divisions, and divisions need it.") }
      if let tier, !DivisionTier.allCases.map(\.name).contains(tier) {
        throw ValidationError("--tier must be one of \(DivisionTier.allCases.map(\.name).joined(separator: ", ")).")
      }
    }

    func run() throws {
      let status = try runningNode(node)
      let command = self
      try onReactors { reactors in
        let zone = try CityTimeZone(name: status.settings.timeZone)
        let clients = try NodeClients(NodeAddress(status), reactors: reactors)
        Terminal.say(try await SettingsUpload(clients: clients, zone: zone, file: command.file).run(command))
        await clients.close()
      }
    }
  }
}

/// Reads a file of settings and stores it through the services' public RPCs.
struct SettingsUpload: Sendable {
  static let patience = Patience(limit: .seconds(20))

  let clients: NodeClients
  let zone: CityTimeZone
  let file: String

  /// What was done, in words.
  func run(_ command: AdminCommand.Put) async throws -> String {
    let bytes = try await reading { try SourceFile.readAll(file) }
    return try await refusalsNamed {
      switch command.setting {
      case .calendar: try await put(try await reading { try CalendarFile(json: bytes) })
      case .formula: try await put(try await reading { try FormulaFile(json: bytes) })
      case .standards: try await put(try await reading { try StandardsFile(json: bytes) })
      case .codes: try await put(try await reading { try CodesFile(json: bytes) })
      case .matrix: try await put(try await reading { try MatrixFile(json: bytes) })
      case .divisions:
        try await put(
          try await reading {
            let tier = DivisionTier.allCases.first { $0.name == command.tier }!
            return try DivisionFile(tier: tier, file: file, codeProperty: command.code, nameProperty: command.name).shapes(of: bytes)
          })
      }
    }
  }

  private func put(_ calendar: CalendarFile) async throws -> String {
    _ = try await Self.patience.repeating("store the calendar") { try await clients.dispatch.putCalendar(calendar.wire) }
    return
      "calendar \(calendar.version) is in force: \(calendar.holidays.count) holidays, \(calendar.workedWeekends.count) worked weekend days"
  }

  private func put(_ file: FormulaFile) async throws -> String {
    for formula in file.wire(in: zone) {
      _ = try await Self.patience.repeating("store the formula of \(formula.indicator)") {
        try await clients.evaluation.putFormula(formula)
      }
    }
    return "\(file.formulas.count) formulas stored"
  }

  private func put(_ file: StandardsFile) async throws -> String {
    let answer = try await Self.patience.repeating("store the filing standards") {
      try await clients.intake.putFilingStandards(file.wire(in: zone))
    }
    return "\(answer.stored) filing standards stored, valid from \(file.validFrom)"
  }

  private func put(_ file: CodesFile) async throws -> String {
    let answer = try await Self.patience.repeating("store the code table") { try await clients.intake.putCodeTable(file.wire(in: zone)) }
    return "code table \(file.table), version \(file.version): \(answer.stored) codes stored, valid from \(file.validFrom)"
  }

  private func put(_ file: MatrixFile) async throws -> String {
    if !file.departments.isEmpty {
      _ = try await Self.patience.repeating("store the departments") { try await clients.dispatch.putDepartments(file.departmentsWire) }
    }
    let answer = try await Self.patience.repeating("store the responsibilities") {
      try await clients.dispatch.putResponsibilities(file.wire)
    }
    return "matrix \(file.version) is in force: \(answer.stored) lines, \(file.departments.count) departments stored"
  }

  private func put(_ shapes: [DivisionShape]) async throws -> String {
    let divisions = shapes.map { Division(tier: Tier(rawValue: $0.tier.rawValue), code: $0.code, name: $0.name, geometryWkb: $0.wkb) }
    let answer = try await Self.patience.repeating("store the divisions") {
      try await clients.intake.putDivisions(CallOptions(timeout: .seconds(120))) { stream in
        for division in divisions { try await stream.send(division) }
      }
    }
    return "\(answer.stored) divisions stored"
  }

  private func reading<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    do {
      return try await OffloadPool.run(body)
    } catch let error as MappingError {
      throw CommandFailure(.badInput, error.faults.map { "\(file): \($0)" }.joined(separator: "\n"))
    } catch let error as HostError {
      throw CommandFailure(.badInput, error.description)
    }
  }

  /// A service that understands the file and says no: the file is to be mended.
  private func refusalsNamed(_ body: () async throws -> String) async throws -> String {
    do {
      return try await body()
    } catch let error as RPCError where [.invalidArgument, .alreadyExists, .failedPrecondition, .outOfRange].contains(error.code) {
      throw CommandFailure(.badInput, "\(file): \(error.message)")
    }
  }
}
