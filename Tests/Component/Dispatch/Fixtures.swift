import CityModel
import CommonAPI
import DispatchAPI
import DispatchDomain
import Events
import IntakeAPI
import Postgres
import RPC
import Reactor
import TestKit
import Wire

@testable import DispatchService

/// Friday, 2017-12-01, 16:00 in Shanghai.
let filedAt = Instant(seconds: 1_512_115_200)

func hours(_ count: Double) -> Duration { .seconds(count * 3_600) }

/// The dispatch service without its neighbours, on a schema of its own and a clock that stands at the filing.
struct TestDispatch: Sendable {
  let database: Database
  let reactors: ReactorGroup
  let clock: ManualClock
  let core: Core
  let intake: ApplyIntake

  var handler: DispatchHandlerImpl { core.handler }

  /// What intake told, in one transaction.
  func apply(_ events: [RecordedEvent]) async throws {
    try await database.transaction { try await intake.apply(events, $0) }
  }

  /// What feedback told, in one transaction.
  func applyFeedback(_ events: [RecordedEvent]) async throws {
    let reopen = ApplyFeedback(settings: core.settings, policy: core.policy, clock: clock, logger: TestLog.silent)
    try await database.transaction { try await reopen.apply(events, $0) }
  }

  func fileCase(_ number: Int, _ change: (inout CaseFiled) -> Void = { _ in }) async throws {
    try await apply([filed(number, change)])
  }

  func find(_ number: Int) async throws -> GetCaseResponse {
    try await handler.getCase(GetCaseRequest(caseId: caseID(number).bytes), call(DispatchMethods.getCase))
  }

  /// Straight from the table: what readers may see waits for every open transaction of the cluster, other tests' too.
  func events() async throws -> [CaseChanged] {
    try await database.query("SELECT body FROM events ORDER BY id").column([UInt8].self).map { body in
      guard case .caseChanged(let changed) = try DispatchEvent(decoding: body).fact else { throw Unexpected() }
      return changed
    }
  }
}

struct Unexpected: Error {}

func withDispatch(_ body: @escaping @Sendable (TestDispatch) async throws -> Void) async throws {
  try await withDatabase(EventsSchema.migrations + DispatchService.migrations) { test in
    let clock = ManualClock(filedAt)
    let zone = CityTimeZone(name: "Asia/Shanghai", fixedOffset: 8 * 3_600)
    let core = Core(database: test.database, reactors: test.reactors, clock: clock, timeZone: zone, viewAge: .zero, logger: TestLog.silent)
    let intake = ApplyIntake(settings: core.settings, policy: core.policy, clock: clock, logger: TestLog.silent)
    try await body(TestDispatch(database: test.database, reactors: test.reactors, clock: clock, core: core, intake: intake))
  }
}

func caseID(_ number: Int) -> Identifier { Identifier(high: 0x0160_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number)) }
func caseNumber(_ number: Int) -> String { CaseNumber(day: LocalDate(year: 2017, month: 12, day: 1)!, sequence: Int64(number)).description }

/// Eight working hours, no check, the source names the department.
func filed(_ number: Int, _ change: (inout CaseFiled) -> Void = { _ in }) -> RecordedEvent {
  var filed = CaseFiled(
    caseId: caseID(number).bytes, number: caseNumber(number), reportId: caseID(number).bytes, channel: .hotline, kind: "0110",
    kindName: "暴露生活垃圾", text: "路口有垃圾",
    place: Place(point: Point(longitude: 116.4, latitude: 39.9), address: "人民路", districtCode: "D1", streetCode: "S1"),
    standard: IntakeAPI.FilingStandard(id: "0110", version: "1", limit: 8, unit: .workingHour), ownerDepartment: "环卫",
    externalRef: "ref-\(number)", kindNameEn: "Litter")
  change(&filed)
  return recorded("intake.case_filed", number, .caseFiled(filed))
}

func linked(_ number: Int) -> RecordedEvent {
  recorded("intake.report_linked", number, .reportLinked(ReportLinked(caseId: caseID(number).bytes, reason: "相距 12 米")))
}

func rejected(_ number: Int, isLast: Bool = false) -> RecordedEvent {
  let actor = CommonAPI.Actor(id: "7", role: "acceptor", name: "李四")
  let rejected = ReportRejected(caseId: caseID(number).bytes, reason: "误报", actor: actor, caseIsEmpty: isLast)
  return recorded("intake.report_rejected", number, .reportRejected(rejected))
}

func recorded(_ type: String, _ number: Int, _ fact: IntakeEvent.Fact) -> RecordedEvent {
  recorded(type, number, IntakeEvent(fact: fact).encoded(prefix: 0))
}

func recorded(_ type: String, _ number: Int, _ body: [UInt8], at instant: Instant = filedAt) -> RecordedEvent {
  RecordedEvent(
    position: EventPosition(transaction: 1, sequence: Int64(number)), type: type, subject: caseID(number), occurredAt: instant,
    recordedAt: filedAt, body: body)
}

/// A command on the case by an operator, with a key of its own.
func command(
  _ number: Int, key: String, role: String = "operator", at: Instant? = nil, reason: String = "", version: Int32 = 0
) -> CaseCommand {
  CaseCommand(
    idempotencyKey: key, caseId: caseID(number).bytes, actor: CommonAPI.Actor(id: "42", role: role, name: "张三"),
    occurredAtUs: at?.microseconds ?? 0, expectedVersion: version, reason: reason)
}

/// A call as the named service; nil is a plain-text connection.
func call(_ method: RPC.Method, as service: String? = "operator") -> CallContext {
  let identity = service.map { ServiceIdentity(city: "c", tier: "city", node: "n", service: $0) }
  return CallContext(method: method, peer: Peer(address: "127.0.0.1:1", identity: identity))
}

/// The status that the body is refused with.
func status(_ body: () async throws -> Void) async -> StatusCode? {
  do {
    try await body()
    return nil
  } catch {
    return (error as? RPCError)?.code
  }
}
