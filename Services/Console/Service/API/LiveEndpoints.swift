internal import CommonAPI
internal import ConsoleDomain
internal import NodeKit
internal import RPC
internal import Reactor

/// What happens, as it happens.
enum LiveEndpoints {
  /// A session that has been ended by another console, or has run out, sees nothing more after this time; nor does a person who may see
  /// less than before. What is ended here is known at once.
  private static let recheck = Duration.seconds(30)

  private static let readers = Roles.work.union(["administrator"])

  static let all = [
    Endpoint(
      .init(
        .get, "/api/live", tag: "live",
        "Events case and alarm, as far as the person may see them; overview (ask for the figures anew, at most once a second); ping",
        access: .roles(readers), answer: .events)
    ) { exchange in
      let person = try exchange.person
      let console = exchange.console
      let holder = "person:\(exchange.actor.id)"
      try console.limits.takeStream(holder)
      let watch = TaskBox()
      let (number, reader) = console.live.join(person) {
        console.limits.leaveStream(holder)
        watch.cancel()
      }
      if let token = exchange.cookie.token {
        watch.hold(console.reactors.next().spawn { try await follow(token, number, reader, console) })
      }
      return Answer(.events(reader.feed))
    }
  ]

  /// Looks whether the person may still see what is sent. A page that is merely open is no use of the session.
  private static func follow(_ token: String, _ number: UInt64, _ reader: LiveReader, _ console: Console) async throws {
    var lastKnown = MonotonicTime.now()
    while true {
      try await Reactor.sleep(for: recheck)
      do {
        guard let person = try await console.people.person(of: token, isUse: false), !person.roles.isDisjoint(with: readers) else {
          return console.live.signOut(reader)
        }
        console.live.look(number, with: person.sight)
        lastKnown = MonotonicTime.now()
      } catch is RPCError {
        // While dispatch is away nobody can say. For as long as a service would believe the identity, what it said last holds.
        guard lastKnown.advanced(by: IdentityLife.duration) > MonotonicTime.now() else { return reader.end() }
      }
    }
  }
}
