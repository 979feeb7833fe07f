internal import Reactor

extension EventLog {
  /// Delivers the log from `position` on, in order, in batches of at most `batchSize` events; then follows it, or returns once everything
  /// has been delivered that was committed when it was called.
  ///
  /// A batch without events tells that the log was looked through up to its position. After a commit the next batch comes within
  /// milliseconds; while an older transaction is open anywhere in the PostgreSQL cluster it comes after that one's end.
  func deliver(
    after position: EventPosition, types: Set<String>, batchSize: Int, follow: Bool, to consume: (Page) async throws -> Void
  ) async throws {
    var position = position
    var told = position
    var pace = ReadingPace()
    let end = follow ? nil : try await lastCommitted()
    while true {
      try Task.checkCancellation()
      let rings = bell.rings
      let page = try await read(after: position, types: types, limit: batchSize)
      position = page.position ?? position
      let isLast = !follow && page.exhausted && (!page.held || position >= end ?? .start)
      if !page.events.isEmpty || (page.exhausted && position > told) || isLast {
        var page = page
        page.position = position
        try await consume(page)
        told = position
      }
      guard page.exhausted else { continue }
      if isLast { return }
      await bell.wait(after: rings, atMost: pace.pause(progressed: page.position != nil, held: page.held))
    }
  }
}

/// How long a reader that has read everything waits for a ring before it looks again. The end of a transaction that held events back rings
/// no bell of ours, so then it looks often, less so the longer it lasts; otherwise it looks rarely, in case that a process died before it
/// could ring.
struct ReadingPace {
  /// While events are held back: 5 ms, doubled up to 250 ms.
  static let firstPause = Duration.milliseconds(5)
  static let longestPause = Duration.milliseconds(250)
  /// While nothing is: 1 s.
  static let idlePause = Duration.seconds(1)

  private var next = firstPause

  mutating func pause(progressed: Bool, held: Bool) -> Duration {
    if progressed { next = Self.firstPause }
    guard held else {
      next = Self.firstPause
      return Self.idlePause
    }
    defer { next = min(Self.longestPause, next * 2) }
    return next
  }
}
