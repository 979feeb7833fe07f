internal import CommonAPI
internal import ConsoleDomain
internal import DispatchAPI
internal import IntakeAPI
internal import LifelineAPI
internal import RPC

/// The city at a glance, the map's tiles, and what needs a person.
enum OverviewEndpoints {
  static let all = [
    Endpoint(
      .init(
        .get, "/api/overview", tag: "overview", "The figures of the day", access: .roles(Roles.work),
        parameters: [
          .init("district", Parameters.code), .init("department", Parameters.code), .init("trend", .choice(["hours", "days"])),
        ],
        answer: .json(.anything))
    ) { exchange in .json(try await overview(exchange)) },
    Endpoint(
      .init(
        .get, "/api/tiles/cases/{z}/{x}/{y}.mvt", tag: "overview", "A vector tile of open cases, layer cases", access: .roles(Roles.work),
        parameters: [
          .path("z", .integer(0...22)), .path("x", .integer(0...4_194_303)), .path("y", .integer(0...4_194_303)),
          .init("states", .list(.choice(Schemas.states), max: 9)), .init("kind", Parameters.code), .init("department", Parameters.code),
          .init("district", Parameters.code), .init("overdue", .flag), .init("urgent", .flag), .init("supervised", .flag),
        ], answer: .tile)
    ) { exchange in try await tile(exchange) },
    Endpoint(
      .init(
        .get, "/api/worklist", tag: "overview", "What needs a person", access: .roles(Roles.work),
        parameters: [.init("district", Parameters.code), Parameters.limit(200)], answer: .json(.anything))
    ) { exchange in .json(try await worklist(exchange)) },
    Endpoint(
      .init(
        .get, "/api/tasks", tag: "overview", "Open tasks of a department or crew, the nearest deadline first", access: .roles(Roles.work),
        parameters: [
          .init("department", Parameters.code), .init("crew", Parameters.code), Parameters.limit(200), Parameters.page,
        ], answer: .json(.named("CasePage")))
    ) { exchange in try await tasks(exchange) },
  ]

  private static func overview(_ exchange: Exchange) async throws -> JSON {
    let values = exchange.values
    let request = GetOverviewRequest(
      districtCode: values.text("district"), department: values.text("department"), trend: values.text("trend") == "days" ? .days : .hours)
    async let alarms = alarmsOpen(exchange)
    let figures = try await exchange.services.dispatch.getOverview(request, exchange.options)
    let names = (try? await exchange.console.directory.divisions(.district, exchange.options)) ?? []
    return [
      "now": exchange.time(figures.atUs), "day_from": exchange.time(figures.dayFromUs), "open": .integer(figures.open),
      "overdue": .integer(figures.overdue), "supervised": .integer(figures.supervised), "undispatched": .integer(figures.undispatched),
      "returned": .integer(figures.returned), "unplaced": .integer(figures.unplaced), "urgent": .integer(figures.urgent),
      "filed_today": .integer(figures.filedToday), "closed_today": .integer(figures.closedToday), "alarms_open": await alarms,
      "by_state": .array(
        figures.byState.map { ["state": .string(Codes.name($0.state, Codes.states)), "count": .integer($0.count)] }),
      "by_district": .array(
        figures.byDistrict.map { count in
          let name = names.first { $0.code == count.districtCode }?.name
          return [
            "code": .string(count.districtCode), "name": JSON(name), "name_en": JSON(name), "open": .integer(count.open),
            "overdue": .integer(count.overdue),
          ]
        }),
      "by_department": .array(
        figures.byDepartment.map {
          ["department": .string($0.department), "open": .integer($0.open), "overdue": .integer($0.overdue)]
        }),
      "trend": .array(
        figures.trend.map { ["from": exchange.time($0.fromUs), "filed": .integer($0.filed), "closed": .integer($0.closed)] }),
    ]
  }

  /// Lifeline's part of the overview: its own error while it is away, and the rest of the page stands.
  private static func alarmsOpen(_ exchange: Exchange) async -> JSON {
    let request = ListAlarmsRequest(states: [.open, .acknowledged], page: .init(size: 1_000))
    do {
      return JSON(Int64(try await exchange.services.lifeline.listAlarms(request, exchange.options(timeout: .seconds(3))).alarms.count))
    } catch {
      return panelError(error)
    }
  }

  /// For a panel whose service does not answer.
  static func panelError(_ error: any Error) -> JSON {
    ((error as? Problem) ?? (error as? RPCError).map { Problem($0) } ?? .internalError).json
  }

  private static func tile(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let z = values.integer("z") ?? 0
    let (x, y) = (values.integer("x") ?? 0, values.integer("y") ?? 0)
    guard x < 1 << z, y < 1 << z else { throw Problem.notFound }
    let request = GetCaseTileRequest(
      z: Int32(z), x: Int32(x), y: Int32(y), states: values.list("states").compactMap { Codes.value($0, Codes.states) },
      kind: values.text("kind"), department: values.text("department"), districtCode: values.text("district"),
      onlyOverdue: values.flag("overdue"), onlyUrgent: values.flag("urgent"), onlySupervised: values.flag("supervised"))
    let tile = try await exchange.services.dispatch.getCaseTile(request, exchange.options).tile
    return Answer(
      headers: [("Cache-Control", "private, max-age=2")], .bytes(tile, type: "application/vnd.mapbox-vector-tile"))
  }

  private static func worklist(_ exchange: Exchange) async throws -> JSON {
    async let unplaced = unplacedReports(exchange)
    async let undispatched = list(exchange) {
      $0.states = [.pendingDispatch]
      $0.sort = .oldest
    }
    async let overdue = list(exchange) {
      $0.onlyOverdue = true
      $0.sort = .due
    }
    async let returned = list(exchange) {
      $0.states = [.returned]
      $0.sort = .oldest
    }
    return await ["unplaced": unplaced, "undispatched": undispatched, "overdue": overdue, "returned": returned]
  }

  private static func list(_ exchange: Exchange, _ narrow: (inout ListCasesRequest) -> Void) async -> JSON {
    var request = ListCasesRequest(
      districtCode: exchange.values.text("district"), page: .init(size: Int32(exchange.values.integer("limit") ?? 20)), countUpTo: 10_000)
    narrow(&request)
    do {
      let response = try await exchange.services.dispatch.listCases(request, exchange.options)
      return [
        "count": .integer(response.total), "more": .bool(response.moreThanTotal),
        "items": .array(response.cases.map { JSON(row: $0, exchange.times) }), "next_page": JSON(response.nextPageToken),
      ]
    } catch {
      return panelError(error)
    }
  }

  private static func unplacedReports(_ exchange: Exchange) async -> JSON {
    let size = exchange.values.integer("limit") ?? 20
    do {
      let request = ListReportsRequest(onlyUnplaced: true, states: [.filed, .linked], page: .init(size: Int32(size)))
      let response = try await exchange.services.intake.listReports(request, exchange.options)
      return [
        "count": .integer(Int64(response.reports.count)), "more": .bool(!response.nextPageToken.isEmpty),
        "items": .array(response.reports.map { JSON(report: $0, exchange.times) }), "next_page": JSON(response.nextPageToken),
      ]
    } catch {
      return panelError(error)
    }
  }

  private static func tasks(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let own = try exchange.person.identity
    let department = values.text("department")
    let request = ListTasksRequest(
      department: department.isEmpty ? own.department : department, crew: values.text("crew").isEmpty ? own.crew : values.text("crew"),
      page: .init(size: Int32(values.integer("limit") ?? 50), token: values.text("page")))
    guard !request.department.isEmpty else {
      throw Problem.field("department", "必填", "is required")
    }
    let response = try await exchange.services.dispatch.listTasks(request, exchange.options)
    return .json([
      "cases": .array(response.tasks.map { JSON(row: $0, exchange.times) }), "next_page": JSON(response.nextPageToken),
    ])
  }
}

extension Exchange {
  var times: TimeWriter { TimeWriter(zone: console.zone) }
}
