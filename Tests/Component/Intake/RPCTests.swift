import CityModel
import CommonAPI
import DispatchAPI
import Events
import IntakeAPI
import NodeKit
import Postgres
import RPC
import Reactor
import TestKit
import Testing
import Wire

@testable import IntakeService

/// The whole service over mutual TLS. Its neighbour dispatch is not there; intake files all the same.
@Suite(.timeLimit(.minutes(5))) struct IntakeServiceTests {
  static func withService(_ body: @escaping @Sendable (RunningService, IntakeClient, RPC.Channel, TestNode) async throws -> Void)
    async throws
  {
    try await TestKit.withService(
      "intake", migrations: IntakeService.migrations, addresses: ["dispatch": "127.0.0.1:1"], build: IntakeService.build
    ) { service, channel, node in
      let client = IntakeClient(channel)
      _ = try await client.putCodeTable(
        IntakeAPI.CodeTable(table: "kind", version: "1", codes: [Code(code: "k", name: "类", nameEn: "kind")]))
      _ = try await client.putFilingStandards(
        PutFilingStandardsRequest(standards: [FilingStandard(id: "s", version: "1", kind: "k", limit: 1, unit: .urgentHour)]))
      try await body(service, client, channel, node)
    }
  }

  static func request(
    _ key: String, at microseconds: Int64 = 0, _ change: (inout SubmitReportRequest) -> Void = { _ in }
  ) -> SubmitReportRequest {
    var request = SubmitReportRequest(
      idempotencyKey: key, channel: .hotline, kind: "k", text: "t",
      place: Place(point: Point(longitude: 116.397, latitude: 39.909)), occurredAtUs: microseconds)
    change(&request)
    return request
  }

  @Test func aReportThereAndBack() async throws {
    try await Self.withService { _, client, _, _ in
      let answer = try await client.submitReport(Self.request("a"))
      #expect(answer.state == .filed && answer.trackingToken.count == 20 && answer.message.contains(answer.caseNumber))
      let again = try await client.submitReport(Self.request("a"))
      #expect(again.repeated && again.trackingToken == answer.trackingToken && again.reportId == answer.reportId)
      let report = try await client.getReport(GetReportRequest(reportId: answer.reportId))
      #expect(report.caseNumber == answer.caseNumber && report.kindVersion == "1" && report.reporter == nil)
      #expect(try await client.listReports(ListReportsRequest(caseId: answer.caseId)).reports.map(\.id) == [answer.reportId])
      #expect(answer.position != nil && again.position != nil)
      let conflict = await #expect(throws: RPCError.self) { try await client.submitReport(Self.request("a", at: 1)) }
      #expect(conflict?.code == .alreadyExists && conflict?.metadata.first(named: "refusal-code") == "command.key_reused")
      let unknown = await #expect(throws: RPCError.self) { try await client.getReport(GetReportRequest(reportId: answer.caseId)) }
      #expect(unknown?.code == .notFound && unknown?.metadata.first(named: "refusal-code") == "report.unknown")
    }
  }

  @Test func aStreamOfReports() async throws {
    try await Self.withService { _, client, _, _ in
      let answer = try await client.submitReports { requests in
        for number in 0..<500 {
          var request = Self.request("k\(number)")
          if number % 100 == 50 { request.kind = "nonsense" }
          try await requests.send(request)
        }
      }
      #expect(answer.accepted.count == 495 && answer.failed.map(\.index) == [50, 150, 250, 350, 450])
      #expect(
        answer.failed.allSatisfy { $0.code == Int32(StatusCode.invalidArgument.rawValue) && $0.refusalCode == "codes.unknown_kind" })
      #expect(Set(answer.accepted.map(\.caseId)).count == 1 && answer.position != nil)
    }
  }

  @Test func whoMayDoWhat() async throws {
    try await Self.withService { service, client, _, node in
      let console = try node.channel(to: service, as: "console")
      let evaluation = try node.channel(to: service, as: "evaluation")
      #expect(try await IntakeClient(console).submitReport(Self.request("c")).state == .filed)
      let denials: [@Sendable () async throws -> Void] = [
        { _ = try await IntakeClient(console).submitReport(Self.request("d", at: 1_500_000_000_000_000)) },
        { _ = try await IntakeClient(console).putCodeTable(IntakeAPI.CodeTable(table: "kind", version: "2")) },
        { _ = try await IntakeClient(evaluation).submitReport(Self.request("e")) },
        { _ = try await IntakeClient(console).submitReport(Self.request("g") { $0.urgent = true }) },
        { _ = try await IntakeClient(console).submitReport(Self.request("h") { $0.ownerDepartment = "环卫" }) },
      ]
      for denial in denials {
        let error = await #expect(throws: RPCError.self) { try await denial() }
        #expect(error?.code == .permissionDenied)
      }
      #expect(try await client.submitReport(Self.request("f", at: 1_500_000_000_000_000)).state == .filed)
      #expect(try await IntakeClient(evaluation).getCodeTable(GetCodeTableRequest(table: "kind")).version == "1")
      let missing = await #expect(throws: RPCError.self) {
        try await client.getReport(GetReportRequest(reportId: [UInt8](repeating: 0, count: 16)))
      }
      #expect(missing?.code == .notFound)
      await console.close()
      await evaluation.close()
    }
  }

  @Test func citizensReportPublicKindsOnly() async throws {
    try await Self.withService { service, client, _, node in
      let console = try node.channel(to: service, as: "console")
      let codes = [
        Code(code: "k", name: "类", nameEn: "kind"), Code(code: "alarm", name: "生命线报警", nameEn: "Lifeline alarm", staffOnly: true),
      ]
      _ = try await client.putCodeTable(IntakeAPI.CodeTable(table: "kind", version: "2", validFromUs: 1, codes: codes))
      #expect(try await client.getCodeTable(GetCodeTableRequest(table: "kind")).codes.map(\.staffOnly) == [false, true])
      func report(_ key: String, _ role: PersonRole?) async throws -> ReportState {
        var options = CallOptions()
        if let role { options.metadata = try node.metadata(for: role, named: "wang") }
        return try await IntakeClient(console).submitReport(Self.request(key) { $0.kind = "alarm" }, options).state
      }
      for role in [nil, PersonRole.evaluator] {
        let error = await #expect(throws: RPCError.self) { _ = try await report("v", role) }
        #expect(error?.code == .permissionDenied && error?.metadata.first(named: RPCError.refusalCode) == "codes.kind_not_public")
        #expect(error?.message.hasPrefix("“生命线报警”由传感器或工作人员上报，请选择其他类别。 Reports of the kind \"Lifeline alarm\"") == true)
      }
      #expect(try await report("a", .acceptor) == .notFiled)
      #expect(try await client.submitReport(Self.request("o") { $0.kind = "alarm" }).state == .notFiled)
      await console.close()
    }
  }

  /// Reports are for those who take them in; who acts is the person, whatever the request says.
  @Test func personsDecideAboutReports() async throws {
    try await Self.withService { service, client, _, node in
      let console = try node.channel(to: service, as: "console")
      let intake = IntakeClient(console)
      let filed = try await client.submitReport(Self.request("p"))
      func outcome(_ role: PersonRole?, _ body: (CallOptions) async throws -> Void) async throws -> String {
        var options = CallOptions()
        if let role { options.metadata = try node.metadata(for: role, named: "wang") }
        do {
          try await body(options)
          return "ok"
        } catch let error as RPCError {
          return error.metadata.first(named: RPCError.refusalCode) ?? "\(error.code)"
        }
      }
      func list(_ options: CallOptions) async throws { _ = try await intake.listReports(ListReportsRequest(), options) }
      func reject(_ options: CallOptions) async throws {
        let forged = CommonAPI.Actor(id: "boss", role: "supervisor", name: "Boss")
        let request = RejectReportRequest(idempotencyKey: "r", reportId: filed.reportId, reason: "误报", actor: forged)
        _ = try await intake.rejectReport(request, options)
      }
      #expect(try await outcome(nil, list) == "identity.missing")
      for role in [PersonRole.administrator, .auditor, .department, .crew, .evaluator] {
        let isOfDepartment = [.department, .crew].contains(role)
        #expect(
          try await outcome(role, list) == (isOfDepartment ? "report.other_department" : "identity.role_may_not"), "\(role)")
        #expect(try await outcome(role, reject) == "identity.role_may_not", "\(role)")
      }
      #expect(try await outcome(.checker, list) == "ok")
      #expect(try await outcome(.checker, reject) == "identity.role_may_not")
      #expect(try await outcome(.acceptor, reject) == "ok")
      let told = try await service.runtime.database.query("SELECT body FROM events WHERE type = 'intake.report_rejected'")
      guard case .reportRejected(let fact) = try IntakeEvent(decoding: try told[0][0, [UInt8].self]).fact else {
        throw RPCError(.internal, "no rejection")
      }
      #expect(fact.actor?.role == "acceptor" && fact.actor?.name == "张三" && fact.actor?.id.count == 36)
      await console.close()
    }
  }

  /// Who has the case, as dispatch tells, sees what was reported; who had it before, and who never had it, does not.
  @Test func aDepartmentSeesTheReportsOfItsOwnCases() async throws {
    try await Self.withService { service, client, _, node in
      let console = try node.channel(to: service, as: "console")
      let intake = IntakeClient(console)
      let filed = try await client.submitReport(Self.request("p") { $0.reporter = Reporter(name: "王五", phone: "13900001234") })
      let id = try #require(Identifier(bytes: filed.caseId))
      func give(_ kind: FactKind, _ department: String, _ crew: String = "") async throws {
        let file = Case(id: filed.caseId, department: department, crew: crew)
        let change = CaseChanged(fact: CaseFact(kind: kind), caseFile: file)
        let event = RecordedEvent(
          position: EventPosition(transaction: 1, sequence: 1), type: IntakeKeys.caseChanged, subject: id, occurredAt: start,
          recordedAt: start, body: DispatchEvent(fact: .caseChanged(change)).encoded())
        try await service.runtime.database.transaction { try await DispatchFollower.apply([event], $0) }
      }
      func seen(_ department: String, _ role: PersonRole = .department, district: String = "", named: Bool = true) async throws -> Int {
        var options = CallOptions()
        options.metadata = try node.metadata(for: role, department: department, crew: "一班", district: district)
        let request = ListReportsRequest(caseId: named ? filed.caseId : [])
        let reports = try await intake.listReports(request, options).reports
        #expect(reports.allSatisfy { $0.reporter?.phone == "139****1234" }, "masked")
        return reports.count
      }
      #expect(try await seen("环卫") == 0, "nobody has it yet")
      try await give(.dispatched, "环卫", "二班")
      #expect(try await seen("环卫", .crew) == 0, "another crew has it")
      try await give(.dispatched, "环卫", "一班")
      #expect(try await (seen("环卫"), seen("环卫", .crew), seen("市政"), seen("", .checker)) == (1, 1, 0, 1))
      #expect(try await seen("环卫", district: "D9") == 1, "no district is known of it")
      let error = await #expect(throws: RPCError.self) { try await seen("环卫", named: false) }
      #expect(error?.metadata.first(named: RPCError.refusalCode) == "report.other_department")
      try await give(.closed, "环卫")
      #expect(try await seen("环卫") == 1, "also of what is over")
      try await give(.reopened, "市政")
      #expect(try await (seen("环卫"), seen("市政")) == (0, 1))
      await console.close()
    }
  }
}
