internal import NodeKit
internal import Postgres
internal import Reactor

/// Sorts the words of new cases into their index. Filing leaves them on the index's list of pending entries, which costs it nearly nothing;
/// without this job every so many filings one would have to sort the whole list, and take seconds.
struct SearchUpkeep: Job {
  /// Default 1 s. A search reads through what is pending.
  static let pause = Duration.seconds(1)

  let database: Database
  let name = "search upkeep"

  func run() async throws {
    while true {
      try await database.query(SearchStore.sortPending)
      try await Reactor.sleep(for: Self.pause)
    }
  }
}
