/// Takes in a stream of readings. Reading and writing overlap; when the stream ends well, everything of it is durable.
package struct IngestReadings: Sendable {
  private let apply: ApplyReadings
  private let settings: LifelineSettings

  init(apply: ApplyReadings, settings: LifelineSettings) {
    self.apply = apply
    self.settings = settings
  }

  /// What came before an error is stored all the same; a sender who repeats the stream has it counted as repeated.
  package func callAsFunction<Runs: AsyncSequence & Sendable>(_ runs: Runs) async throws -> IngestTally where Runs.Element == ReadingRun {
    let pipe = ReadingPipe(limit: settings.readingsPerTransaction)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { pipe.finish() }
        for try await run in runs { try await pipe.put(run) }
      }
      defer { pipe.close() }
      var tally = IngestTally()
      while let batch = await pipe.take() {
        tally.add(try await apply(batch), most: settings.maxRefusals)
      }
      try await group.waitForAll()
      return tally
    }
  }
}
