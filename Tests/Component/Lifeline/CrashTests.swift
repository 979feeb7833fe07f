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

  @Test(.timeLimit(.minutes(1)), arguments: Breakage.allCases) func nothingIsHalfDone(breakage: Breakage) async throws {
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
}
