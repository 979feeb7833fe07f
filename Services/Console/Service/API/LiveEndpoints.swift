internal import CommonAPI
internal import ConsoleDomain
internal import Reactor

/// What happens, as it happens.
enum LiveEndpoints {
  /// A session that has been ended elsewhere sees nothing more after this time.
  private static let recheck = Duration.seconds(30)

  static let all = [
    Endpoint(
      .init(
        .get, "/api/live", tag: "live", "Events case, alarm, overview (ask for the figures anew, at most once a second) and ping",
        access: .roles(Roles.work.union(["administrator"])), answer: .events)
    ) { exchange in
      let identity = try exchange.person.identity
      let console = exchange.console
      let holder = "session:\(exchange.actor.id)"
      guard console.limits.takeStream(holder) else { throw Problem.tooMany(retryAfterSeconds: 30) }
      let sight = Sight(roles: Set(identity.roles), department: identity.department, district: identity.district)
      let watch = TaskBox()
      let reader = console.live.join(sight) {
        console.limits.leaveStream(holder)
        watch.cancel()
      }
      if let token = exchange.cookie.token {
        watch.hold(console.reactors.next().spawn { try await endWhenSignedOut(token, reader, console) })
      }
      return Answer(.events(reader.feed))
    }
  ]

  private static func endWhenSignedOut(_ token: String, _ reader: LiveReader, _ console: Console) async throws {
    while true {
      try await Reactor.sleep(for: recheck)
      // While dispatch is away nobody can say; services refuse on their own.
      if case .some(.none) = try? await console.people.person(of: token) { return reader.end() }
    }
  }
}
