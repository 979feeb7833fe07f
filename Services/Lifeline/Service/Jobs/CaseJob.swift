internal import NodeKit
internal import Postgres
internal import Reactor

/// Keeps the outbox of case requests empty: looks when an alarm was raised anywhere, and now and then.
package struct CaseJob: Job {
  package let name = "alarm-cases"
  private let openCases: OpenCases
  private let database: Database
  private let settings: LifelineSettings

  init(openCases: OpenCases, database: Database, settings: LifelineSettings) {
    self.openCases = openCases
    self.database = database
    self.settings = settings
  }

  package func run() async throws {
    let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { for await _ in database.notifications(LifelineKeys.caseRequests) { wake.yield() } }
      group.addTask {
        while true {
          wake.yield()
          try await Reactor.sleep(for: settings.casePoll)
        }
      }
      defer { group.cancelAll() }
      for await _ in wakes { try await openCases() }
      try Task.checkCancellation()
    }
  }
}
