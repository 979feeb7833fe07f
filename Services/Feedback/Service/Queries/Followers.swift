internal import CityModel
internal import FeedbackDomain
internal import NodeKit
internal import Postgres
internal import RPC
internal import Reactor
internal import Synchronization

/// Those who follow a report through this process, by report. One look at the database tells which of all these reports have something
/// new, and only their followers are woken, however many commits there were and whichever replica made them.
final class Followers: Sendable {
  /// Followers of one process at the same time: 5,000.
  static let limit = 5_000
  /// Followers of one report through one process: 8. A reporter has a few devices.
  static let limitPerReport = 8

  struct Seat: Sendable, Hashable {
    fileprivate let report: Identifier
    fileprivate let number: UInt64
  }

  fileprivate struct Place {
    /// What the follower has been told, by sequence.
    var told: Int32
    /// Something came while the follower was busy with what came before.
    var hasNews = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  fileprivate struct State {
    var places: [Identifier: [UInt64: Place]] = [:]
    var count = 0
    var lastNumber: UInt64 = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  private let limit: Int

  /// - Parameter limit: smaller in tests.
  init(limit: Int = Followers.limit) { self.limit = limit }

  var count: Int { state.withLock { $0.count } }

  /// To be called before the first look at the milestones, so that nothing comes unseen between the two.
  func join(_ report: Identifier, told: Int32) throws -> Seat {
    try state.withLock { state in
      guard !state.isClosed else { throw Self.stopping }
      guard state.count < limit, state.places[report]?.count ?? 0 < Self.limitPerReport else { throw FeedbackRefusal.tooManyFollowers }
      state.count += 1
      state.lastNumber += 1
      state.places[report, default: [:]][state.lastNumber] = Place(told: told)
      return Seat(report: report, number: state.lastNumber)
    }
  }

  func leave(_ seat: Seat) {
    state.withLock { state in
      guard state.places[seat.report]?.removeValue(forKey: seat.number) != nil else { return }
      state.count -= 1
      if state.places[seat.report]?.isEmpty ?? false { state.places[seat.report] = nil }
    }
  }

  /// Returns when there may be something behind `told`.
  /// - Throws: `CancellationError`; `RPCError` when the service stops.
  func news(_ seat: Seat, after told: Int32) async throws {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard !state.isClosed, !Task.isCancelled, var place = state.places[seat.report]?[seat.number] else { return false }
          let mustWait = !place.hasNews
          place.told = told
          place.hasNews = false
          place.waiter = mustWait ? continuation : nil
          state.places[seat.report]?[seat.number] = place
          return mustWait
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      wake(seat)
    }
    try Task.checkCancellation()
    if state.withLock({ $0.isClosed }) { throw Self.stopping }
  }

  /// Asks once for all reports that are followed, and wakes those whose reports have something new.
  /// - Parameter newest: the newest sequence of those of the reports that have anything behind what was told.
  func look(_ newest: ([(report: Identifier, told: Int32)]) async throws -> [(report: Identifier, sequence: Int32)]) async throws {
    let followed = state.withLock { state in
      state.places.map { (report: $0.key, told: $0.value.values.map(\.told).min() ?? 0) }
    }
    guard !followed.isEmpty else { return }
    let found = try await newest(followed)
    let waiters = state.withLock { state in found.flatMap { state.note($0.report, $0.sequence) } }
    for waiter in waiters { waiter.resume() }
  }

  /// The service stops: nobody follows any longer.
  func close() {
    let waiters = state.withLock { state in
      state.isClosed = true
      let followed = Array(state.places.keys)
      return followed.flatMap { state.note($0, .max) }
    }
    for waiter in waiters { waiter.resume() }
  }

  private func wake(_ seat: Seat) {
    let waiter = state.withLock { state in
      defer { state.places[seat.report]?[seat.number]?.waiter = nil }
      return state.places[seat.report]?[seat.number]?.waiter
    }
    waiter?.resume()
  }

  private static let stopping = RPCError(.unavailable, "服务正在停止，请稍后重新关注。 The service is stopping: follow again.")
}

extension Followers.State {
  /// The waiters to wake; who is busy will find the note.
  fileprivate mutating func note(_ report: Identifier, _ newest: Int32) -> [CheckedContinuation<Void, Never>] {
    guard var seats = places[report] else { return [] }
    var waiters: [CheckedContinuation<Void, Never>] = []
    for (number, place) in seats where place.told < newest {
      if let waiter = place.waiter { waiters.append(waiter) }
      seats[number]?.hasNews = place.waiter == nil
      seats[number]?.waiter = nil
    }
    places[report] = seats
    return waiters
  }
}

/// Looks for news when milestones were committed, here or in another replica.
struct WakeFollowers: Job {
  /// Between two looks: 100 ms. What is committed meanwhile is found by the next one.
  static let pace = Duration.milliseconds(100)

  let followers: Followers
  let milestones: MilestoneStore
  let name = "followers"

  func run() async throws {
    do {
      for await _ in milestones.database.notifications(MilestoneStore.channel) {
        try await followers.look { try await milestones.newest(behind: $0) }
        try await Reactor.sleep(for: Self.pace)
      }
    } catch {
      if Task.isCancelled { followers.close() }
      throw error
    }
    followers.close()
  }
}
