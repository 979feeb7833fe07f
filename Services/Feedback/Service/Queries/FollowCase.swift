internal import CityModel
internal import FeedbackDomain
internal import NodeKit
internal import Postgres

/// A reporter follows the case by its number and the secret that came with the report.
struct FollowCase: Sendable {
  let milestones: MilestoneStore
  let clock: any CityClock
  let followers: Followers

  /// The report that the secret belongs to. An unknown number and a wrong secret are not told apart.
  func report(numbered number: String, token: String) async throws -> Identifier {
    guard PlainText.isLine(number, atMost: CaseNumber.typedLimit), let digest = TrackingTokens.digest(ofTyped: token),
      let report = try await milestones.report(numbered: number, tokenDigest: digest)
    else { throw FeedbackRefusal.unknownOrSecretWrong }
    return report
  }

  func progress(numbered number: String, token: String) async throws -> ReporterView {
    let view = try await milestones.view(of: try await report(numbered: number, token: token), after: 0)
    try await milestones.markDelivered(view, at: clock.now())
    return view
  }

  /// Every milestone after `sequence`, then each as it comes, until the case has ended. What was sent counts as delivered.
  func follow(numbered number: String, token: String, after sequence: Int32, tell: (ReporterView) async throws -> Void) async throws {
    let report = try await report(numbered: number, token: token)
    var told = max(0, sequence)
    let seat = try followers.join(report, told: told)
    defer { followers.leave(seat) }
    var isFirst = true
    while true {
      let view = try await milestones.view(of: report, after: told)
      if isFirst || !view.milestones.isEmpty {
        try await tell(view)
        try await milestones.markDelivered(view, at: clock.now())
      }
      isFirst = false
      told = view.milestones.last?.sequence ?? told
      // The end is the end only when it has been told.
      if view.isFinished, view.newest?.sequence ?? 0 <= told { return }
      try await followers.news(seat, after: told)
    }
  }
}
