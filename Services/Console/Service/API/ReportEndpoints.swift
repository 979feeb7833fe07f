internal import CommonAPI
internal import ConsoleDomain
internal import FeedbackAPI
internal import IntakeAPI
internal import NodeKit

/// What a person does with a single report.
enum ReportEndpoints {
  private static let reason = Schema.Property("reason", .text(min: 1, max: 2_000), required: true)
  private static let actors: Set<String> = ["centre", "acceptor", "dispatcher", "supervisor"]

  static let all = [
    Endpoint(
      .init(
        .get, "/api/reports", tag: "reports", "Reports, the unplaced ones if asked", access: .roles(Roles.centre),
        parameters: [.init("unplaced", .flag), Parameters.limit(200), Parameters.page], answer: .json(Schemas.page("reports", .anything)))
    ) { exchange in try await list(exchange) },
    Endpoint(
      .init(
        .post, "/api/reports/{id}/actions/place", tag: "reports", "Say where it is", access: .roles(actors), parameters: [Parameters.id],
        body: .object([
          Parameters.key,
          .init(
            "point",
            .nullable(.object([.init("lon", .number(-180...180), required: true), .init("lat", .number(-90...90), required: true)]))),
          .init("address", .text(max: 500)), .init("district", Parameters.code), .init("street", Parameters.code),
          .init("community", Parameters.code),
        ]), answer: .json(.anything))
    ) { exchange in
      let values = exchange.values
      let place = Place(
        point: exchange.point, address: values.bodyText("address"), districtCode: values.bodyText("district"),
        streetCode: values.bodyText("street"), communityCode: values.bodyText("community"))
      let request = PlaceReportRequest(
        idempotencyKey: exchange.key, reportId: try values.identifier("id"), place: place, actor: exchange.actor)
      return await changed(try await exchange.services.intake.placeReport(request, exchange.options), exchange)
    },
    Endpoint(
      .init(
        .post, "/api/reports/{id}/actions/unlink", tag: "reports", "Undo a recognised duplicate", access: .roles(actors),
        parameters: [Parameters.id], body: .object([Parameters.key, reason]), answer: .json(.anything))
    ) { exchange in
      let request = UnlinkReportRequest(
        idempotencyKey: exchange.key, reportId: try exchange.values.identifier("id"), reason: exchange.values.bodyText("reason"),
        actor: exchange.actor)
      return await changed(try await exchange.services.intake.unlinkReport(request, exchange.options), exchange)
    },
    Endpoint(
      .init(
        .post, "/api/reports/{id}/actions/reject", tag: "reports", "Refuse it; the reporter is shown the reason", access: .roles(actors),
        parameters: [Parameters.id], body: .object([Parameters.key, reason]), answer: .json(.anything))
    ) { exchange in
      let request = RejectReportRequest(
        idempotencyKey: exchange.key, reportId: try exchange.values.identifier("id"), reason: exchange.values.bodyText("reason"),
        actor: exchange.actor)
      return await changed(try await exchange.services.intake.rejectReport(request, exchange.options), exchange)
    },
    Endpoint(
      .init(
        .post, "/api/reports/{id}/reporter", tag: "reports", "The reporter's name and telephone number; audited",
        access: .roles(Roles.centre),
        parameters: [Parameters.id], body: .object([reason]), answer: .json(.anything))
    ) { exchange in
      let request = GetReporterRequest(
        reportId: try exchange.values.identifier("id"), unmaskReason: exchange.values.bodyText("reason"), actor: exchange.actor)
      let reporter = try await exchange.services.feedback.getReporter(request, exchange.options)
      try await exchange.recordUnmasking()
      return .json(["name": JSON(reporter.name), "phone": JSON(reporter.phone), "masked": .bool(reporter.masked)])
    },
  ]

  /// The page reads the case anew: dispatch should have heard of it by then.
  private static func changed(_ report: Report, _ exchange: Exchange) async -> Answer {
    await exchange.hasArrived(report.position, at: ServiceName.dispatch)
    return .json(JSON(report: report, exchange.times))
  }

  private static func list(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let request = ListReportsRequest(
      onlyUnplaced: values.flag("unplaced"), page: .init(size: Int32(values.integer("limit") ?? 50), token: values.text("page")))
    let response = try await exchange.services.intake.listReports(request, exchange.options)
    return .json([
      "reports": .array(response.reports.map { JSON(report: $0, exchange.times) }), "next_page": JSON(response.nextPageToken),
    ])
  }
}

extension Exchange {
  /// The command's key, in the name of whoever gives it.
  var key: String { "console:\(actor.id):\(values.bodyText("key"))" }

  /// The body's point.
  var point: Point? {
    guard let point = values.body["point"], let longitude = values.bodyNumber("lon", of: point),
      let latitude = values.bodyNumber("lat", of: point)
    else { return nil }
    return Point(longitude: longitude, latitude: latitude)
  }
}
