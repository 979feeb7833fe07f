import CityModel
import CommonAPI
import DispatchAPI
import EvaluationAPI
import Events
import EventsAPI
import NodeKit
import Postgres
import RPC
import Reactor
import TestKit
import Testing

@testable import EvaluationService

/// A rebuild is made aside: whatever happens to it, the figures are whole.
@Suite(.timeLimit(.minutes(5))) struct RebuildTests {
  @Test func figuresStayWholeWhileARebuildRuns() async throws {
    try await withRunningEvaluation { evaluation in
      try await evaluation.tell(MadeUpCity(seed: 11, count: 400).events)
      // Something went wrong with the projection, and the rebuild is held up when it has written a part.
      try await evaluation.spoil()
      try await evaluation.holdUp()
      let rebuild = evaluation.spawnRebuild()
      try await evaluation.untilHeldUp()
      #expect(try await evaluation.leftAside() > 0)
      #expect(try await evaluation.requests() == ["": 397, "spoilt": 3], "neither empty nor half")
      // The standing consumers go on, and whoever waited for a fact sees it counted.
      try await evaluation.tell(MadeUpCity(seed: 12, count: 430).events)
      #expect(try await evaluation.requests() == ["": 427, "spoilt": 3])
      try await evaluation.letGo()
      let told = try await rebuild.value
      #expect(told.last?.finished == true && told.dropLast().allSatisfy { !$0.finished })
      #expect(try await evaluation.requests() == ["": 430])
      #expect(try await evaluation.leftAside() == 0)
      #expect(try await evaluation.cursors() == ["dispatch", "feedback", "intake"])
    }
  }

  /// Killed in the middle: nothing has changed, and the next one does it all.
  @Test func anInterruptedRebuildChangesNothing() async throws {
    try await withRunningEvaluation { evaluation in
      try await evaluation.tell(MadeUpCity(seed: 13, count: 400).events)
      try await evaluation.spoil()
      try await evaluation.holdUp()
      let rebuild = evaluation.spawnRebuild()
      try await evaluation.untilHeldUp()
      rebuild.cancel()
      await #expect(throws: (any Error).self) { try await rebuild.value }
      try await evaluation.letGo()
      #expect(try await evaluation.requests() == ["": 397, "spoilt": 3])
      #expect(try await evaluation.rebuild().last?.finished == true)
      #expect(try await evaluation.requests() == ["": 400])
      #expect(try await evaluation.leftAside() == 0)
      try await evaluation.tell(MadeUpCity(seed: 14, count: 410).events)
      #expect(try await evaluation.requests() == ["": 410], "the standing consumers go on from where the rebuild has read to")
    }
  }

  @Test func aLaterRebuildTakesOver() async throws {
    try await withRunningEvaluation { evaluation in
      try await evaluation.tell(MadeUpCity(seed: 15, count: 400).events)
      try await evaluation.spoil()
      try await evaluation.holdUp()
      let first = evaluation.spawnRebuild()
      try await evaluation.untilHeldUp()
      let second = evaluation.spawnRebuild()
      await #expect {
        try await first.value
      } throws: {
        ($0 as? RPCError)?.code == .aborted
      }
      try await evaluation.letGo()
      #expect(try await second.value.last?.finished == true)
      #expect(try await evaluation.requests() == ["": 400])
      #expect(try await evaluation.leftAside() == 0)
    }
  }

  /// Figures never go back behind what somebody was told to be applied.
  @Test func whatHasReadLessIsNotCounted() async throws {
    try await withRunningEvaluation { evaluation in
      try await evaluation.tell(MadeUpCity(seed: 16, count: 10).events)
      let number = try await ProjectionStore.begin(in: evaluation.database)
      #expect(try await !ProjectionStore.change(to: number, ["dispatch", "intake", "feedback"], in: evaluation.database))
      #expect(try await evaluation.requests() == ["": 10])
    }
  }
}

/// Evaluation as a running service, with sources whose log the test writes.
struct RunningEvaluation: Sendable {
  let database: Database
  let client: EvaluationClient
  let events: EventsClient

  /// Appends to the log that all sources share, and waits until it is applied.
  func tell(_ events: [RecordedEvent]) async throws {
    let new = events.map { NewEvent(type: $0.type, subject: $0.subject, occurredAt: $0.occurredAt, body: $0.body) }
    let appended = try await database.query(EventLog.append(new, recordedAt: .epoch))
    let position = try #require(try EventLog.position(of: appended))
    for source in ["dispatch", "feedback"] {
      _ = try await self.events.await(AwaitRequest(source: source, position: position.wire))
    }
  }

  /// All cases, and the spoilt ones among them.
  func requests() async throws -> [String: Double] {
    let rows = try await client.getIndicators(GetIndicatorsRequest(by: .community, indicators: ["requests"])).rows
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.group, $0.figures.first?.value ?? 0) })
  }

  /// Three cases come into a community that does not exist, and no fact mends them.
  func spoil() async throws {
    try await database.query("UPDATE case_facts SET community = 'spoilt', version = 1000 WHERE number IN ('n3', 'n4', 'n5')")
  }

  func rebuild() async throws -> [RebuildProgress] {
    let told = Told()
    try await client.rebuild(RebuildRequest(), CallOptions(timeout: nil)) { told.append($0) }
    return told.all
  }

  func spawnRebuild() -> Task<[RebuildProgress], any Error> {
    Reactor.current!.spawn { try await rebuild() }
  }

  /// Whoever writes the case n390 aside fails, and tries again. (Waiting in a transaction would hold back everybody's events.)
  func holdUp() async throws {
    try await database.query("CREATE SEQUENCE attempts")
    try await database.query(
      """
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM nextval(''attempts''); RAISE EXCEPTION ''held up''; END'
      """)
    let aside = try await database.query("SELECT 1 - generation FROM projections")[0][0, Int32.self]
    try await database.query(
      """
      CREATE TRIGGER gate BEFORE INSERT ON \(identifier: "case_facts_\(aside)") FOR EACH ROW WHEN (new.number = 'n390')
      EXECUTE FUNCTION refuse()
      """)
  }

  func letGo() async throws {
    try await database.query("DROP FUNCTION refuse CASCADE")
  }

  func untilHeldUp() async throws {
    while try await !database.query("SELECT is_called FROM attempts")[0][0, Bool.self] {
      try await Reactor.sleep(for: .milliseconds(5))
    }
  }

  func leftAside() async throws -> Int64 {
    try await database.query(
      """
      SELECT (SELECT count(*) FROM case_facts WHERE generation <> now.generation)
        + (SELECT count(*) FROM case_steps WHERE generation <> now.generation)
        + (SELECT count(*) FROM case_answers WHERE generation <> now.generation) FROM projections now
      """)[0][0, Int64.self]
  }

  func cursors() async throws -> [String] {
    try await database.query("SELECT source FROM event_cursors ORDER BY source").column(String.self)
  }
}

/// What a rebuild told. Confined to the call that appends.
private final class Told: @unchecked Sendable {
  private(set) var all: [RebuildProgress] = []
  func append(_ progress: RebuildProgress) { all.append(progress) }
}

func withRunningEvaluation(_ body: @escaping @Sendable (RunningEvaluation) async throws -> Void) async throws {
  try await withDatabase { database in
    let node = try TestNode()
    var sources: [RunningService] = []
    var addresses: [String: String] = [:]
    for name in ["dispatch", "intake", "feedback"] {
      let source = try await startService(
        try node.configuration(name, database: database), reactors: database.reactors, logger: TestLog.silent, migrations: [],
        build: { _ in ServiceParts(access: [:]) { _ in } })
      sources.append(source)
      addresses[name] = source.addresses[0].description
    }
    let service = try await startService(
      try node.configuration("evaluation", database: database, addresses: addresses), reactors: database.reactors,
      logger: TestLog.silent, migrations: EvaluationService.migrations, build: EvaluationService.build)
    let channel = try node.channel(to: service, as: ServiceName.operator)
    let running = RunningEvaluation(
      database: database.database, client: EvaluationClient(channel), events: EventsClient(channel))
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(try await body(running))
    } catch {
      outcome = .failure(error)
    }
    await channel.close()
    for one in [service] + sources { await one.stop(grace: .seconds(1)) }
    try outcome.get()
  }
}
