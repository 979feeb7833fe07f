import CityModel
import LifelineAPI
import LifelineService
import NodeKit
import Postgres
import RPC
import TestKit
import Testing

/// A batch takes effect whole or not at all, wherever its transaction breaks.
@Suite struct CrashTests {
  enum Breakage: String, CaseIterable, CustomTestStringConvertible {
    case facts = "refused when the facts are appended"
    case commit = "refused at the commit"
    case connection = "the server process dies before the commit"

    var testDescription: String { rawValue }

    var trigger: SQL {
      switch self {
      case .facts, .connection: "CREATE TRIGGER broken BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION break_down()"
      case .commit:
        """
        CREATE CONSTRAINT TRIGGER broken AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION break_down()
        """
      }
    }

    var function: SQL {
      switch self {
      case .facts, .commit:
        "CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''broken''; END'"
      case .connection:
        """
        CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'
        """
      }
    }
  }

  @Test(.timeLimit(.minutes(5)), arguments: Breakage.allCases) func nothingIsHalfDone(breakage: Breakage) async throws {
    try await withLifeline(jobs: false) { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([(.red, 10)]))])
      #expect(try await lifeline.ingest([minutes("S1", [1, 2])]).stored == 2)
      try await lifeline.database.query(breakage.function)
      try await lifeline.database.query(breakage.trigger)
      let batch = minutes("S1", [3, 20, 30], from: 2)
      await #expect(throws: RPCError.self) { try await lifeline.ingest([batch]) }
      for (table, rows) in [("readings", 2), ("alarms", 0), ("case_requests", 0), ("events", 0)] as [(String, Int64)] {
        #expect(try await lifeline.count(table) == rows, "\(table)")
      }
      #expect(try await lifeline.client.listSensors(ListSensorsRequest()).sensors.map(\.lastValue) == [2])
      try await lifeline.database.query("DROP TRIGGER broken ON events")
      #expect(try await lifeline.ingest([batch]) == IngestReadingsResponse(stored: 3))
      #expect(try await lifeline.eventTypes() == ["lifeline.alarm_raised"])
      #expect(try await lifeline.alarms().map(\.peakValue) == [30])
    }
  }

  /// The writer fails while the sender is in full flow: the sender is told, nobody waits for ever, and the whole stream can be sent again.
  @Test(.timeLimit(.minutes(5))) func aSenderInFullFlowIsTold() async throws {
    var settings = LifelineSettings()
    settings.readingsPerTransaction = 1_000
    try await withLifeline(jobs: false, settings: settings) { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([(.red, 10)]))])
      try await lifeline.database.query(Breakage.facts.function)
      try await lifeline.database.query(Breakage.facts.trigger)
      let values = (0..<1_000).map { $0 == 500 ? 11.0 : 1 }
      let batches = (0..<200).map { minutes("S1", values, from: $0 * 1_000) }
      await #expect(throws: RPCError.self) { try await lifeline.ingest(batches) }
      try await lifeline.database.query("DROP TRIGGER broken ON events")
      let answer = try await lifeline.ingest(batches)
      #expect(answer.stored + answer.repeatedReadings == 200_000)
      #expect(try await lifeline.count("readings") == 200_000)
      #expect(try await lifeline.count("alarms") == 200)
    }
  }
}
