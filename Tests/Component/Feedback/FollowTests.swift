import CityModel
import DispatchAPI
import FeedbackDomain
import IntakeAPI
import Postgres
import RPC
import Reactor
import Testing

@testable import FeedbackService

@Suite(.timeLimit(.minutes(5))) struct FollowTests {
  @Test func followingEndsWithTheCase() async throws {
    try await withFeedback { service in
      let job = Reactor.current!.spawn { try await WakeFollowers(followers: service.followers, milestones: service.milestones).run() }
      defer { job.cancel() }
      try await service.intake(received(10, case: 1))
      let followers = [service.following(10), service.following(10, after: 1), service.following(10, after: .min)]
      for fact in untilClosed { try await service.dispatch([fact]) }
      #expect(try await followers[0].value == FeedbackTests.whole)
      #expect(try await followers[1].value == Array(FeedbackTests.whole.dropFirst()))
      #expect(try await followers[2].value == FeedbackTests.whole)
      // Who comes back after the end is told so at once.
      #expect(try await service.following(10, after: 4).value == [])
      #expect(service.followers.count == 0)
    }
  }

  @Test func onlyThoseWithNewsAreWoken() async throws {
    try await withFeedback { service in
      let followers = Followers()
      let seats = [try followers.join(id(10), told: 1), try followers.join(id(11), told: 1), try followers.join(id(10), told: 1)]
      let tasks = seats.map { seat in Reactor.current!.spawn { try await followers.news(seat, after: 1) } }
      // Behind the three in the reactor's queue: they wait by now.
      _ = try await Reactor.current!.spawn {}.value
      try await service.intake(received(10, case: 1), received(11, case: 1, .linked))
      try await service.dispatch([changed(1, version: 2, .dispatched, .dispatched)])
      try await service.intake(received(12, case: 1, .linked))
      var asked: [Identifier] = []
      try await followers.look { told in
        asked = told.map(\.report)
        #expect(told.allSatisfy { $0.told == 1 })
        return try await service.milestones.newest(behind: told).filter { $0.report == id(10) }
      }
      #expect(Set(asked) == [id(10), id(11)])
      try await tasks[0].value
      try await tasks[2].value
      tasks[1].cancel()
      await #expect(throws: CancellationError.self) { try await tasks[1].value }
    }
  }

  @Test func theStoreTellsWhichReportsHaveNews() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1), received(11, case: 2))
      try await service.dispatch([changed(1, version: 2, .dispatched, .dispatched)])
      let found = try await service.milestones.newest(behind: [(id(10), 1), (id(11), 1), (id(12), 0)])
      #expect(found.map(\.report) == [id(10)] && found.map(\.sequence) == [2])
    }
  }

  /// What comes between a look at the milestones and the waiting is not lost.
  @Test func whoIsBusyFindsTheNoteLater() async throws {
    try await withFeedback { _ in
      let followers = Followers()
      let seat = try followers.join(id(10), told: 1)
      try await followers.look { _ in [(report: id(10), sequence: Int32(2))] }
      try await followers.news(seat, after: 1)
    }
  }

  @Test func followersHaveALimit() async throws {
    try await withFeedback { _ in
      let followers = Followers(limit: 10)
      let seats = try (0..<Followers.limitPerReport).map { _ in try followers.join(id(10), told: 0) }
      #expect(throws: FeedbackRefusal.tooManyFollowers) { try followers.join(id(10), told: 0) }
      _ = (try followers.join(id(11), told: 0), try followers.join(id(12), told: 0))
      #expect(throws: FeedbackRefusal.tooManyFollowers) { try followers.join(id(13), told: 0) }
      followers.leave(seats[0])
      followers.leave(seats[0])
      _ = try followers.join(id(13), told: 0)
      #expect(throws: FeedbackRefusal.tooManyFollowers) { try followers.join(id(14), told: 0) }
      #expect(FeedbackRefusal.tooManyFollowers.status == .resourceExhausted)
    }
  }

  @Test func aServiceThatStopsSendsItsFollowersAway() async throws {
    try await withFeedback { service in
      let job = Reactor.current!.spawn { try await WakeFollowers(followers: service.followers, milestones: service.milestones).run() }
      try await service.intake(received(10, case: 1))
      let follower = service.following(10)
      job.cancel()
      do {
        _ = try await follower.value
        Issue.record("it went on")
      } catch let error as RPCError {
        #expect(error.code == .unavailable)
      }
    }
  }
}
