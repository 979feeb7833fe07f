internal import CityModel
internal import CommonAPI
internal import FeedbackAPI
internal import FeedbackDomain
internal import NodeKit
internal import RPC

/// The service's methods on the wire.
struct FeedbackRPC: FeedbackHandler {
  let followCase: FollowCase
  let rateCase: RateCase
  let showReporter: ShowReporter
  let results: ResultStore
  let notifications: NotificationStore

  func getProgress(_ request: FollowRequest, _ call: CallContext) async throws -> Progress {
    try await refusing { Progress(try await followCase.progress(numbered: request.number, token: request.trackingToken)) }
  }

  func follow(_ request: FollowRequest, _ responses: OutboundMessages<Progress>, _ call: CallContext) async throws {
    try await refusing {
      try await followCase.follow(numbered: request.number, token: request.trackingToken, after: request.afterSequence) {
        try await responses.send(Progress($0))
      }
    }
  }

  func rate(_ request: RateRequest, _ call: CallContext) async throws -> RateResponse {
    try await refusing { try await rateCase.run(request) }
  }

  func getPublishedResults(_ request: GetPublishedResultsRequest, _ call: CallContext) async throws -> GetPublishedResultsResponse {
    let scores = try await answering {
      try await results.results(from: Instant(given: request.fromUs), before: Instant(given: request.beforeUs))
    }
    return GetPublishedResultsResponse(results: scores.map(DepartmentResult.init))
  }

  func getReporter(_ request: GetReporterRequest, _ call: CallContext) async throws -> GetReporterResponse {
    try await refusing {
      guard let report = Identifier(bytes: request.reportId) else { throw FeedbackRefusal.unknownReport }
      let actor = call.actor(claimed: request.actor, in: UnmaskRule.persons)
      let shown = try await showReporter.run(
        .init(
          report: report, reason: request.unmaskReason, actorID: actor?.id ?? "", actorRole: actor?.role ?? "",
          actorDistrict: call.person?.district ?? "",
          peer: call.peer.identity?.uri ?? call.peer.address))
      return GetReporterResponse(name: shown.name, phone: shown.phone, masked: shown.masked)
    }
  }

  func listNotifications(_ request: ListNotificationsRequest, _ call: CallContext) async throws -> ListNotificationsResponse {
    try await refusing {
      guard PlainText.isLine(request.number, atMost: CaseNumber.typedLimit) else { throw FeedbackRefusal.unknownOrSecretWrong }
      let asked = Int(request.page?.size ?? 0)
      let size = asked > 0 ? min(asked, 1_000) : 100
      let found = try await notifications.list(
        number: request.number, district: call.person?.district ?? "",
        deliveries: try NotificationRecord.Delivery.all(in: request.states),
        after: try NotificationStore.Cursor(token: request.page?.token ?? ""), limit: size + 1)
      let page = found.prefix(size)
      return ListNotificationsResponse(
        notifications: page.map(FeedbackAPI.Notification.init),
        nextPageToken: found.count > size ? page.last.map { NotificationStore.Cursor($0).token } ?? "" : "")
    }
  }

  private func refusing<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await answering(body)
    } catch let refusal as FeedbackRefusal {
      throw RPCError(refusal.status, refusal: refusal.code, sentence: refusal.sentence)
    }
  }
}

extension FeedbackRefusal {
  /// The one mapping of refusals to status codes.
  var status: StatusCode {
    switch self {
    case .unknownOrSecretWrong, .unknownReport: .notFound
    case .notAsked, .alreadyAnswered: .failedPrecondition
    case .scoreOutOfRange, .textTooLong, .keyNotUsable, .unmaskReasonNeeded, .badPage, .unknownDelivery: .invalidArgument
    case .unmaskRoleMayNot, .otherDistrict: .permissionDenied
    case .tooManyFollowers: .resourceExhausted
    }
  }
}

extension FeedbackRPC {
  /// The citizen's own methods need number and secret, and come through the console or the operator's command. Reporters and what they
  /// were told are for the desks; who of those sees a number whole is `UnmaskRule`'s.
  static let access: [RPC.Method: AccessRule] = [
    FeedbackMethods.getProgress: .visitor,
    FeedbackMethods.follow: .visitor,
    FeedbackMethods.rate: .visitor,
    FeedbackMethods.getPublishedResults: .visitor,
    FeedbackMethods.getReporter: .person(.ofDesks),
    FeedbackMethods.listNotifications: .person(.ofDesks),
  ]
}
