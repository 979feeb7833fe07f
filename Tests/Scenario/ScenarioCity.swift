import CityModel
import CommonAPI
import DispatchAPI
import DispatchService
import EvaluationAPI
import EvaluationService
import EventsAPI
import FeedbackAPI
import FeedbackService
import IntakeAPI
import IntakeService
import NodeAPI
import NodeKit
import Postgres
import RPC
import Reactor
import Synchronization
import TestKit

/// The services of a scenario.
enum Member: String, Sendable, Hashable, CaseIterable {
  case intake, dispatch, evaluation, feedback

  /// The logs that it follows.
  var sources: [Member] {
    switch self {
    case .intake: [.dispatch]
    case .dispatch: [.intake, .feedback]
    case .evaluation: [.intake, .dispatch, .feedback]
    case .feedback: [.intake, .dispatch]
    }
  }

  fileprivate var migrations: [Migration] {
    switch self {
    case .intake: IntakeService.migrations
    case .dispatch: DispatchService.migrations
    case .evaluation: EvaluationService.migrations
    case .feedback: FeedbackService.migrations
    }
  }

  fileprivate func build(_ runtime: ServiceRuntime) async throws -> ServiceParts {
    switch self {
    case .intake: try await IntakeService.build(runtime)
    case .dispatch: try await DispatchService.build(runtime)
    case .evaluation: try await EvaluationService.build(runtime)
    case .feedback: try await FeedbackService.build(runtime)
    }
  }
}

/// Four services in this process over mutual TLS, each with a schema of its own; stopped, started and cut off at will.
final class ScenarioCity: Sendable {
  struct Kind: Sendable {
    let kind: String
    let limit: Int32
    let unit: IntakeAPI.LimitUnit
    let checked: Bool
  }
  /// One kind for every clock, and one without a limit.
  static let kinds = [
    Kind(kind: "manhole", limit: 6, unit: .urgentHour, checked: true), Kind(kind: "litter", limit: 10, unit: .workingHour, checked: false),
    Kind(kind: "lamp", limit: 2, unit: .workingDay, checked: true), Kind(kind: "tree", limit: 3, unit: .naturalDay, checked: false),
    Kind(kind: "other", limit: 0, unit: .none, checked: false),
  ]
  static let departments = ["sanitation", "works"]
  static let timeZone = "Asia/Shanghai"
  /// 8–12 and 14–18 o'clock; one holiday on a Monday, one Saturday that is worked.
  static let calendar = DispatchAPI.WorkCalendar(
    version: "2024", workMinutes: [480, 720, 840, 1_080], holidays: [20_240_304], workedWeekends: [20_240_302])

  private struct State {
    var running: [Member: RunningService] = [:]
    var channels: [Member: RPC.Channel] = [:]
  }

  let node: TestNode
  private let databases: [Member: TestDatabase]
  private let ports: [Member: UInt16]
  private let state = Mutex(State())
  private var reactors: ReactorGroup { databases[.intake]!.reactors }

  private init(_ databases: [Member: TestDatabase]) throws {
    node = try TestNode()
    self.databases = databases
    ports = try Dictionary(uniqueKeysWithValues: Member.allCases.map { ($0, try FreePort.steady()) })
  }

  /// A started city for the length of `body`.
  static func with(_ body: @escaping @Sendable (ScenarioCity) async throws -> Void) async throws {
    try await withDatabases(Member.allCases[...]) { databases in
      let city = try ScenarioCity(databases)
      let outcome = await Reactor.current!.spawn {
        for member in Member.allCases { try await city.start(member) }
        try await city.setUp()
        try await body(city)
      }.result
      await city.stopAll()
      try outcome.get()
    }
  }

  private static func withDatabases(
    _ members: ArraySlice<Member>, _ found: [Member: TestDatabase] = [:],
    _ body: @escaping @Sendable ([Member: TestDatabase]) async throws -> Void
  ) async throws {
    guard let member = members.first else { return try await body(found) }
    try await withDatabase { database in
      try await withDatabases(members.dropFirst(), found.merging([member: database]) { $1 }, body)
    }
  }

  // MARK: faults

  func start(_ member: Member) async throws {
    let addresses = ports.reduce(into: [String: String]()) { $0[$1.key.rawValue] = "127.0.0.1:\($1.value)" }
    var configuration = try node.configuration(member.rawValue, database: databases[member]!, port: ports[member]!, addresses: addresses)
    configuration.timeZone = Self.timeZone
    let service = try await startService(
      configuration, reactors: databases[member]!.reactors, logger: TestLog.silent, migrations: member.migrations, build: member.build)
    state.withLock { $0.running[member] = service }
  }

  /// Calls in flight are cut off.
  func restart(_ member: Member) async throws {
    let service = state.withLock { $0.running.removeValue(forKey: member) }
    await service?.stop(grace: .zero)
    try await start(member)
  }

  /// The clients' connections are cut; calls in flight fail.
  func hangUp(_ member: Member) async {
    let channel = state.withLock { $0.channels.removeValue(forKey: member) }
    await channel?.close()
  }

  private func stopAll() async {
    for member in Member.allCases { await hangUp(member) }
    for member in Member.allCases.reversed() {
      let service = state.withLock { $0.running.removeValue(forKey: member) }
      await service?.stop(grace: .seconds(1))
    }
  }

  // MARK: access

  /// The operator's channel of the moment.
  func channel(_ member: Member) throws -> RPC.Channel {
    let tls = try node.clientTLS(as: "operator")
    return state.withLock { state in
      if let channel = state.channels[member] { return channel }
      let channel = RPC.Channel(
        target: "127.0.0.1:\(ports[member]!)", tls: tls, expectedService: member.rawValue, reactors: reactors)
      state.channels[member] = channel
      return channel
    }
  }

  private func setUp() async throws {
    let intake = IntakeClient(try channel(.intake))
    let dispatch = DispatchClient(try channel(.dispatch))
    try await drive(to: ScenarioPlan.begin)
    let valid = ScenarioPlan.begin.microseconds
    _ = try await intake.putCodeTable(
      CodeTable(table: "kind", version: "1", validFromUs: valid, codes: Self.kinds.map { Code(code: $0.kind, name: $0.kind) }))
    _ = try await intake.putFilingStandards(
      PutFilingStandardsRequest(
        standards: Self.kinds.map { kind in
          FilingStandard(
            id: kind.kind, version: "1", kind: kind.kind, condition: "", limit: kind.limit, unit: kind.unit, checkRequired: kind.checked)
        }, validFromUs: valid))
    _ = try await dispatch.putDepartments(
      PutDepartmentsRequest(departments: Self.departments.map { Department(code: $0, name: $0) }))
    let matrix = Self.kinds.enumerated().map { Responsibility(kind: $1.kind, department: Self.departments[$0 % 2]) }
    _ = try await dispatch.putResponsibilities(PutResponsibilitiesRequest(version: "1", responsibilities: matrix))
    _ = try await dispatch.putCalendar(Self.calendar)
  }

  /// Every service's clock, through faults.
  func drive(to instant: Instant) async throws {
    for member in Member.allCases {
      _ = try await persistently { try await ClockClient(try self.channel(member)).drive(DriveClockRequest(toUs: instant.microseconds)) }
    }
  }

  /// Until everybody has everything that the others have said so far, twice round: what one takes in, it may tell on.
  func settle() async throws {
    for member in Member.allCases + Member.allCases {
      for source in member.sources {
        let head = try await persistently { try await EventsClient(try self.channel(source)).head(HeadRequest()) }
        guard let position = head.position else { continue }
        _ = try await persistently {
          try await EventsClient(try self.channel(member)).await(AwaitRequest(source: source.rawValue, position: position))
        }
      }
    }
  }
}

/// Repeats a call that may be executed twice until somebody answers; at most 400 times, about 40 s.
func persistently<Answer>(_ call: () async throws -> Answer) async throws -> Answer {
  var attempts = 0
  while true {
    do {
      return try await call()
    } catch let error as RPCError {
      attempts += 1
      let isPassing = [.unavailable, .deadlineExceeded, .aborted, .resourceExhausted, .cancelled].contains(error.code)
      guard isPassing, attempts < 400 else { throw error }
    }
    try await Reactor.sleep(for: .milliseconds(100))
  }
}
