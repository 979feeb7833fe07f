import CityModel
import TestKit
import Testing

@testable import Postgres

extension TestDatabase {
  /// In a transaction of its own.
  @discardableResult
  fileprivate func copyIn(_ target: CopyTarget, rows: (inout CopyWriter) throws -> Void) async throws -> Int {
    try await database.transaction { try await $0.copyIn(target, rows: rows) }
  }
}

@Suite(.timeLimit(.minutes(5)))
struct CopyTests {
  private static let table = [
    Migration(
      name: "0001",
      script: """
        CREATE TABLE readings (
          sensor bigint NOT NULL, at timestamptz NOT NULL, value double precision, note text, id uuid, raw bytea, day date, ok boolean,
          small smallint
        )
        """)
  ]
  private static let target = CopyTarget(
    table: "readings", columns: ["sensor", "at", "value", "note", "id", "raw", "day", "ok", "small"])

  private static func write(_ number: Int64, to writer: inout CopyWriter) {
    writer.startRow()
    writer.append(number)
    writer.append(Instant(microseconds: 1_512_115_200_000_000 + number))
    writer.append(number % 7 == 0 ? nil : Double(number) / 2)
    writer.append("读数 \(number)")
    writer.append(Identifier(high: UInt64(number), low: 1))
    writer.append([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: Int(number % 5)))
    writer.append(LocalDate(daysSinceEpoch: Int(number % 20_000)))
    writer.append(number % 2 == 0)
    writer.append(Int16(truncatingIfNeeded: number))
  }

  @Test func `a hundred thousand rows arrive as they were written`() async throws {
    try await withDatabase(Self.table) { test in
      let count = try await test.copyIn(Self.target) { writer in
        for number in 0..<100_000 as Range<Int64> { Self.write(number, to: &writer) }
      }
      #expect(count == 100_000)
      let row = try await test.database.query(
        """
        SELECT count(*), count(value), sum(sensor), max(at), sum(length(raw)), count(*) FILTER (WHERE ok) FROM readings
        """)[0]
      #expect(try row[0, Int.self] == 100_000)
      #expect(try row[1, Int.self] == 100_000 - 14_286)
      #expect(try row[2, Int64.self] == 4_999_950_000)
      #expect(try row[3, Instant.self].microseconds == 1_512_115_200_099_999)
      #expect(try row[4, Int.self] == 200_000)
      #expect(try row[5, Int.self] == 50_000)
      let one = try await test.database.query("SELECT note, id, raw, day, small FROM readings WHERE sensor = 32769")[0]
      #expect(try one[0, String.self] == "读数 32769")
      #expect(try one[1, Identifier.self] == Identifier(high: 32_769, low: 1))
      #expect(try one[2, [UInt8].self] == [1, 1, 1, 1])
      #expect(try one[3, LocalDate.self] == LocalDate(daysSinceEpoch: 12_769))
      #expect(try one[4, Int16.self] == Int16(truncatingIfNeeded: 32_769))
    }
  }

  @Test func `a refused row rolls all back and leaves the connection usable`() async throws {
    try await withDatabase(Self.table, adjust: { $0.connectionsPerReactor = 1 }) { test in
      let error = await #expect(throws: PostgresError.self) {
        try await test.copyIn(CopyTarget(table: "readings", columns: ["sensor", "at"])) { writer in
          for number in 0..<50_000 as Range<Int64> {
            writer.startRow()
            writer.append(number)
            if number == 40_000 { writer.appendNull() } else { writer.append(Instant.epoch) }
          }
        }
      }
      #expect(error?.sqlState == .notNullViolation)
      let left = try await test.database.query("SELECT count(*) FROM readings")[0][0, Int.self]
      #expect(left == 0)
    }
  }

  @Test func `within a transaction it is rolled back with it`() async throws {
    struct Deliberate: Error {}
    try await withDatabase(Self.table) { test in
      await #expect(throws: Deliberate.self) {
        try await test.database.transaction { transaction in
          let copied = try await transaction.copyIn(Self.target) { Self.write(1, to: &$0) }
          #expect(copied == 1)
          #expect(try await transaction.query("SELECT count(*) FROM readings")[0][0, Int.self] == 1)
          throw Deliberate()
        }
      }
      #expect(try await test.database.query("SELECT count(*) FROM readings")[0][0, Int.self] == 0)
      try await test.database.transaction { transaction in
        try await transaction.copyIn(Self.target) { Self.write(2, to: &$0) }
      }
      #expect(try await test.database.query("SELECT count(*) FROM readings")[0][0, Int.self] == 1)
    }
  }

  @Test func `no rows, too many bytes, a missing table`() async throws {
    try await withDatabase(Self.table, adjust: { $0.copyLimit = 1_000 }) { test in
      let none = try await test.copyIn(Self.target) { _ in }
      #expect(none == 0)
      let tooMuch = await #expect(throws: PostgresError.self) {
        try await test.copyIn(Self.target) { writer in
          for number in 0..<10_000 as Range<Int64> { Self.write(number, to: &writer) }
          #expect(writer.capacity == 64 << 10, "what is refused anyhow takes no memory")
        }
      }
      #expect(tooMuch?.kind == .overloaded)
      let missing = await #expect(throws: PostgresError.self) {
        try await test.copyIn(CopyTarget(table: "nothing", columns: ["a"])) { _ in }
      }
      #expect(missing?.sqlState == .undefinedTable)
    }
  }
}
