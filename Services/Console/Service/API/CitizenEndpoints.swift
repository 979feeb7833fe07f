internal import CommonAPI
internal import ConsoleDomain
internal import DispatchAPI
internal import FeedbackAPI
internal import IntakeAPI
internal import NodeKit
internal import RPC
internal import Reactor

/// The citizen's side: no account, nobody else's data, a limited number of requests an address.
enum CitizenEndpoints {
  private static let token = EndpointDescription.Parameter("token", .text(min: 1, max: 100), required: true)

  /// `ready`: the report can be followed at its link. Else it is being registered, and the link answers 404 for a moment.
  private static let submitted = Schema.object([
    .init("state", .choice(Codes.names(Codes.reportStates)), required: true), .init("number", .nullable(.text(max: 40)), required: true),
    .init("token", .nullable(.text(max: 100)), required: true), .init("message", .nullable(.text(max: 4_000)), required: true),
    .init("message_en", .nullable(.text(max: 4_000)), required: true), .init("link", .nullable(.text(max: 500)), required: true),
    .init("repeated", .flag, required: true), .init("ready", .flag, required: true),
  ])

  static let all = [
    Endpoint(
      .init(
        .post, "/api/public/reports", tag: "citizen", "Report something", access: .anyone, rate: .visitor,
        body: .object([
          Parameters.key, .init("kind", .text(min: 1, max: 100), required: true), .init("text", .text(min: 1, max: 4_000), required: true),
          .init(
            "point",
            .nullable(.object([.init("lon", .number(-180...180), required: true), .init("lat", .number(-90...90), required: true)]))),
          .init("address", .text(max: 500)),
          .init("contact", .nullable(.object([.init("name", .text(max: 80)), .init("phone", .text(max: 40))]))),
        ]), answer: .json(submitted))
    ) { exchange in try await submit(exchange) },
    Endpoint(
      .init(
        .get, "/api/public/reports/{number}", tag: "citizen", "What has become of it", access: .anyone, rate: .visitor,
        parameters: [Parameters.number, token], answer: .json(.anything))
    ) { exchange in
      .json(JSON(progress: try await exchange.services.feedback.getProgress(exchange.followed, exchange.options), exchange.times))
    },
    Endpoint(
      .init(
        .post, "/api/public/reports/{number}/rating", tag: "citizen", "Say how it went; 1 and 2 reopen the case, once", access: .anyone,
        rate: .visitor, parameters: [Parameters.number],
        body: .object([
          Parameters.key, .init("token", .text(min: 1, max: 100), required: true), .init("score", .integer(1...5), required: true),
          .init("text", .text(max: 1_000)),
        ]), answer: .json(.anything))
    ) { exchange in try await rate(exchange) },
    Endpoint(
      .init(
        .get, "/api/public/reports/{number}/stream", tag: "citizen", "Events progress and ping", access: .anyone, rate: .visitor,
        parameters: [Parameters.number, token], answer: .events)
    ) { exchange in try await stream(exchange) },
    Endpoint(
      .init(
        .get, "/api/public/results", tag: "citizen", "How satisfied citizens are, by department", access: .anyone, rate: .visitor,
        parameters: [Parameters.from, Parameters.to], answer: .json(.anything))
    ) { exchange in try await results(exchange) },
    Endpoint(
      .init(
        .get, "/api/public/locate", tag: "citizen", "Which divisions hold a point", access: .anyone, rate: .visitor,
        parameters: [.init("lon", .number(-180...180), required: true), .init("lat", .number(-90...90), required: true)],
        answer: .json(.anything))
    ) { exchange in try await DirectoryEndpoints.locate(exchange) },
    Endpoint(
      .init(
        .get, "/api/public/kinds", tag: "citizen", "What can be reported", access: .anyone, rate: .visitor,
        answer: .json(.object([.init("kinds", .list(.anything, max: 10_000), required: true)])))
    ) { exchange in
      let all = try await exchange.console.directory.kinds(exchange.options)
      return .json(["kinds": .array(all.filter { !$0.staffOnly }.map { JSON(kind: $0) })])
    },
  ]

  private static func submit(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let contact = values.body["contact"]
    let request = SubmitReportRequest(
      idempotencyKey: exchange.visitorKey, channel: .web, kind: values.bodyText("kind"), text: values.bodyText("text"),
      place: Place(point: exchange.point, address: values.bodyText("address")),
      reporter: Reporter(name: contact?["name"]?.string ?? "", phone: contact?["phone"]?.string ?? ""))
    let response = try await exchange.services.intake.submitReport(request, exchange.options)
    // Feedback tells the reporter and dispatch has the case: whoever follows the answer's link finds it.
    async let isDispatched = exchange.hasArrived(response.position, at: ServiceName.dispatch)
    let isReady = await exchange.hasArrived(response.position, at: ServiceName.feedback)
    _ = await isDispatched
    var link = JSON.null
    if !response.caseNumber.isEmpty {
      let path = "/follow/\(PercentText.encode(response.caseNumber))?token=\(PercentText.encode(response.trackingToken))"
      link = .string(path)
    }
    return .json([
      "state": .string(Codes.name(response.state, Codes.reportStates)), "number": JSON(response.caseNumber),
      "token": JSON(response.trackingToken), "message": JSON(response.message), "message_en": JSON(response.messageEn), "link": link,
      "repeated": .bool(response.repeated), "ready": .bool(isReady),
    ])
  }

  private static func rate(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let request = RateRequest(
      idempotencyKey: exchange.visitorKey, number: values.text("number"), trackingToken: values.bodyText("token"),
      score: Int32(values.bodyInteger("score") ?? 0), text: values.bodyText("text"))
    let response = try await exchange.services.feedback.rate(request, exchange.options)
    return .json(["reopened": .bool(response.reopened), "repeated": .bool(response.repeated)])
  }

  /// Feedback's own stream, until the case is finished or the citizen goes.
  private static func stream(_ exchange: Exchange) async throws -> Answer {
    // Refuses a wrong token as an ordinary answer, which a page can read.
    let progress = try await exchange.services.feedback.getProgress(exchange.followed, exchange.options)
    let console = exchange.console
    let holder = "address:\(exchange.visitor.group)"
    try console.limits.takeStream(holder)
    let watch = TaskBox()
    let reader = LiveReader {
      console.limits.leaveStream(holder)
      watch.cancel()
    }
    reader.send(ServerSentEvent("progress", JSON(progress: progress, exchange.times)).rendered())
    guard !progress.finished else {
      reader.end()
      return Answer(.events(reader.feed))
    }
    var request = exchange.followed
    request.afterSequence = progress.milestones.last?.sequence ?? 0
    watch.hold(console.reactors.next().spawn { [request] in try await follow(request, reader, exchange) })
    return Answer(.events(reader.feed))
  }

  private static func follow(_ request: FollowRequest, _ reader: LiveReader, _ exchange: Exchange) async throws {
    defer { reader.end() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await exchange.services.feedback.follow(request, CallOptions(timeout: nil)) { progress in
          reader.send(ServerSentEvent("progress", JSON(progress: progress, exchange.times)).rendered())
        }
      }
      group.addTask {
        while !Task.isCancelled {
          try await Reactor.sleep(for: .seconds(LiveHub.pingInterval))
          reader.send(ServerSentEvent.ping)
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private static func results(_ exchange: Exchange) async throws -> Answer {
    let request = GetPublishedResultsRequest(
      fromUs: exchange.values.microseconds("from"), beforeUs: exchange.values.endMicroseconds("to"))
    let response = try await exchange.services.feedback.getPublishedResults(request, exchange.options)
    let departments = (try? await exchange.console.directory.departments(exchange.options)) ?? []
    let rows = response.results.map { result -> JSON in
      let department = departments.first { $0.code == result.department }
      return [
        "code": .string(result.department), "name": JSON(department?.name), "name_en": JSON(department?.nameEn),
        "asked": .integer(result.asked), "answered": .integer(result.answered), "satisfied": .integer(result.satisfied),
        "satisfaction_rate": result.answered > 0 ? .number(Double(result.satisfied) / Double(result.answered)) : .null,
        "mean_score": result.answered > 0 ? .number(result.meanScore) : .null,
      ]
    }
    return .json(["departments": .array(rows)])
  }
}

extension Exchange {
  fileprivate var followed: FollowRequest { FollowRequest(number: values.text("number"), trackingToken: values.text("token")) }

  /// Bound to the browser, so that nobody gets the answer, and with it the secret, of somebody else's report by guessing its key.
  fileprivate var visitorKey: String { "citizen:\(Base64URL.encode(cookie.id)):\(values.bodyText("key"))" }
}

extension JSON {
  init(progress: Progress, _ time: TimeWriter) {
    let milestones = progress.milestones.map { milestone -> JSON in
      [
        "sequence": JSON(milestone.sequence), "kind": .string(Codes.name(milestone.kind, Codes.milestones)),
        "text": JSON(milestone.textZh), "text_en": JSON(milestone.textEn), "at": time.json(milestone.occurredAtUs),
      ]
    }
    self = [
      "number": .string(progress.number), "milestones": .array(milestones), "can_rate": .bool(progress.canRate),
      "can_reopen": .bool(progress.canReopen), "score": progress.score > 0 ? JSON(progress.score) : .null,
      "finished": .bool(progress.finished),
    ]
  }
}
