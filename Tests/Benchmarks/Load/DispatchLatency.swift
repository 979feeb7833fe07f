import DispatchAPI
import EventsAPI
import IntakeAPI
import RPC
import Reactor
import Synchronization
import Wire

/// Open loop: reports leave by a fixed schedule, and each one's time counts from when it was due to leave, so that a node (or a sender)
/// that
/// falls behind shows. It ends when dispatch's log, followed from before the first report, says that the report's case is dispatched.
final class DispatchLatency: Sendable {
  /// How long the last facts are waited for.
  private static let patience = Duration.seconds(60)
  private static let headStart = Duration.milliseconds(200)

  private let options: Options
  private let sightings = Mutex(Sightings())

  /// Cases as both sides know them; either may come first.
  private struct Sightings {
    var due: [[UInt8]: MonotonicTime] = [:]
    var dispatched: [[UInt8]: MonotonicTime] = [:]
    var answered = Latencies()
    var linked = 0
  }

  init(options: Options) { self.options = options }

  func run(intake: RPC.Channel, dispatch: RPC.Channel) async throws -> String {
    let events = EventsClient(dispatch)
    let head = try await events.head(HeadRequest()).position
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.follow(events, SubscribeRequest(after: head, types: ["dispatch.case_changed"], follow: true)) }
      try await self.submit(IntakeClient(intake))
      try await self.awaitFacts()
      group.cancelAll()
    }
    return try report()
  }

  private func follow(_ events: EventsClient, _ request: SubscribeRequest) async throws {
    do {
      try await events.subscribe(request, CallOptions(timeout: nil)) { batch in
        let now = MonotonicTime.now()
        for event in batch.events {
          guard case .caseChanged(let change) = try DispatchEvent(decoding: event.body).fact, change.fact?.kind == .dispatched else {
            continue
          }
          sightings.withLock { $0.dispatched[event.subject] = $0.dispatched[event.subject] ?? now }
        }
      }
    } catch {
      guard Task.isCancelled else { throw error }
      return
    }
    throw LoadError("the subscription ended")
  }

  private func submit(_ intake: IntakeClient) async throws {
    let start = MonotonicTime.now().advanced(by: Self.headStart)
    let count = Int(options.seconds * Double(options.rate))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<count {
        let due = start.advanced(by: .nanoseconds(number * 1_000_000_000 / options.rate))
        let wait = MonotonicTime.now().duration(to: due)
        if wait > .zero { try await Reactor.sleep(for: wait) }
        group.addTask { try await self.submitOne(intake, self.options.first + number, due) }
      }
      try await group.waitForAll()
    }
  }

  private func submitOne(_ intake: IntakeClient, _ number: Int, _ due: MonotonicTime) async throws {
    let answer = try await intake.submitReport(City.report(number))
    guard !answer.repeated else { throw LoadError.usedBefore(number) }
    let now = MonotonicTime.now()
    sightings.withLock { sightings in
      sightings.answered.add(from: due, to: now)
      if answer.state == .filed { sightings.due[answer.caseId] = due } else { sightings.linked += 1 }
    }
  }

  private func awaitFacts() async throws {
    let limit = MonotonicTime.now().advanced(by: Self.patience)
    while !sightings.withLock({ sightings in sightings.due.keys.allSatisfy { sightings.dispatched[$0] != nil } }) {
      guard MonotonicTime.now() < limit else { throw LoadError("not every case was dispatched within \(Self.patience)") }
      try await Reactor.sleep(for: .milliseconds(20))
    }
  }

  private func report() throws -> String {
    try sightings.withLock { sightings in
      var dispatched = Latencies()
      for (id, due) in sightings.due { dispatched.add(from: due, to: sightings.dispatched[id] ?? due) }
      guard dispatched.count > 0 else { throw LoadError("no report became a case of its own: give another --first") }
      return
        "{\"dispatched\":\(dispatched.count),\"linked\":\(sightings.linked),\(dispatched.json),\"answered\":{\(sightings.answered.json)}}"
    }
  }
}
