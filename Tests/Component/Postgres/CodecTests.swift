import CityModel
import Postgres
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct CodecTests {
  /// Sends a value, lets PostgreSQL render it as text, and reads it back.
  private func roundTrip<Value: PostgresBindable & PostgresDecodable & Equatable>(_ value: Value, rendered: String? = nil) async throws {
    try await withDatabase { test in
      let row = try await test.database.query("SELECT \(value), \(value)::text")[0]
      #expect(try row[0, Value.self] == value)
      if let rendered { #expect(try row[1, String.self] == rendered) }
    }
  }

  @Test(arguments: [Int64.min, -1, 0, 1, 9_007_199_254_740_993, Int64.max])
  func bigint(_ value: Int64) async throws { try await roundTrip(value, rendered: "\(value)") }

  @Test(arguments: [Int32.min, -1, 0, Int32.max])
  func integer(_ value: Int32) async throws { try await roundTrip(value, rendered: "\(value)") }

  @Test(arguments: [Int16.min, 0, Int16.max])
  func smallint(_ value: Int16) async throws { try await roundTrip(value, rendered: "\(value)") }

  @Test(arguments: [(0.1, "0.1"), (-0.0, "-0"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (.infinity, "Infinity")])
  func `double precision`(_ value: Double, _ text: String) async throws { try await roundTrip(value, rendered: text) }

  @Test func `not a number`() async throws {
    try await withDatabase { test in
      let value = try await test.database.query("SELECT \(Double.nan)")[0][0, Double.self]
      #expect(value.isNaN)
    }
  }

  @Test(arguments: ["", "a", "城运中心 🏙", "'; DROP TABLE cases; --", "line\nbreak\\", String(repeating: "长", count: 100_000)])
  func text(_ value: String) async throws { try await roundTrip(value, rendered: value) }

  @Test(arguments: [[], [0], [0xff, 0x00, 0x5c], (0..<70_000).map { UInt8(truncatingIfNeeded: $0) }] as [[UInt8]])
  func bytea(_ value: [UInt8]) async throws { try await roundTrip(value) }

  @Test func uuid() async throws {
    let value = Identifier("01890a5d-ac96-774b-bcce-b302099a8057")!
    try await roundTrip(value, rendered: "01890a5d-ac96-774b-bcce-b302099a8057")
  }

  @Test(arguments: [
    (Int64(0), "1970-01-01 00:00:00+00"), (1_512_115_200_000_001, "2017-12-01 08:00:00.000001+00"), (-1, "1969-12-31 23:59:59.999999+00"),
  ])
  func timestamptz(_ microseconds: Int64, _ text: String) async throws {
    try await roundTrip(Instant(microseconds: microseconds), rendered: text)
  }

  @Test(arguments: [Instant.distantPast, Instant.distantFuture])
  func `the ends of time`(_ value: Instant) async throws { try await roundTrip(value) }

  /// Callers may send any 64 bits as a time: a filter with them finds nothing or everything, and fails no statement.
  @Test func `beyond the ends of time`() async throws {
    try await withDatabase { test in
      let row = try await test.database.query(
        "SELECT \(Instant(microseconds: .min)) < now(), \(Instant(microseconds: .max)) > now(), \(Instant(microseconds: .min))")[0]
      let (isPast, isFuture, first) = try row.decode(Bool.self, Bool.self, Instant.self)
      #expect(isPast && isFuture && first == .distantPast)
    }
  }

  @Test(arguments: ["1969-12-31", "2000-01-01", "2024-02-29", "9999-12-31"])
  func date(_ text: String) async throws { try await roundTrip(LocalDate(iso: text)!, rendered: text) }

  @Test(arguments: [Duration.zero, .microseconds(-1), .seconds(90_061)])
  func interval(_ value: Duration) async throws { try await roundTrip(value) }

  @Test func `interval of days`() async throws {
    try await withDatabase { test in
      let row = try await test.database.query("SELECT interval '1 day 2 hours', interval '1 month'")[0]
      #expect(try row[0, Duration.self] == .seconds(26 * 3_600))
      #expect(throws: PostgresError.self) { try row[1, Duration.self] }
    }
  }

  @Test func arrays() async throws {
    try await roundTrip([Int64.min, 0, Int64.max], rendered: "{-9223372036854775808,0,9223372036854775807}")
    try await roundTrip([] as [Int32], rendered: "{}")
    try await roundTrip(["a,b", "", "\"城\""])
    try await roundTrip(["x", nil, "y"] as [String?], rendered: "{x,NULL,y}")
    try await roundTrip([1.5, -0.5], rendered: "{1.5,-0.5}")
    try await roundTrip([[1, 2], [], [0xff]] as [[UInt8]])
    try await roundTrip([true, false])
    try await roundTrip([Identifier(high: 1, low: 2)])
    try await roundTrip([Instant(microseconds: 5), nil] as [Instant?])
    try await roundTrip([LocalDate(iso: "2024-02-29")!])
  }

  @Test func nulls() async throws {
    try await withDatabase { test in
      let none: Identifier? = nil
      let noArray: [Int64]? = nil
      let row = try await test.database.query("SELECT \(none), \(noArray), coalesce(\(none), \(Identifier(high: 0, low: 7)))")[0]
      #expect(try row[0, Identifier?.self] == nil)
      #expect(try row[1, [Int64]?.self] == nil)
      #expect(try row[2, Identifier.self] == Identifier(high: 0, low: 7))
      #expect(throws: PostgresError.self) { try row[0, Identifier.self] }
    }
  }

  @Test(arguments: [
    ("0", 0.0), ("-12345.6789", -12345.6789), ("0.0001", 0.0001), ("100000000", 100_000_000), ("1e-30", 1e-30),
    ("99999999999999999999", 1e20),
  ])
  func `numeric as Double`(_ text: String, _ value: Double) async throws {
    try await withDatabase { test in
      let read = try await test.database.query("SELECT \(text)::numeric")[0][0, Double.self]
      #expect(read == value)
    }
  }

  @Test func `sum of bigint as an integer`() async throws {
    try await withDatabase { test in
      let row = try await test.database.query(
        "SELECT sum(v), sum(v) * 10000, -sum(v), sum(v) / 2 FROM unnest(\([Int64(10_000), 20_000, 93])) v")[0]
      #expect(try row[0, Int.self] == 30_093)
      #expect(try row[1, Int64.self] == 300_930_000)
      #expect(try row[2, Int32.self] == -30_093)
      #expect(throws: PostgresError.self) { try row[3, Int.self] }
      #expect(throws: PostgresError.self) { try row[1, Int16.self] }
    }
  }

  private enum Channel: String, PostgresScalar {
    case hotline
    case camera
  }

  @Test func `enums are their raw value`() async throws {
    try await withDatabase { test in
      let row = try await test.database.query("SELECT \(Channel.camera), 'drone'::text, \([Channel.hotline, .camera])")[0]
      #expect(try row[0, Channel.self] == .camera)
      #expect(throws: PostgresError.self) { try row[1, Channel.self] }
      #expect(try row[2, [Channel].self] == [.hotline, .camera])
    }
  }

  @Test func `jsonb and domains of text are read as text`() async throws {
    try await withDatabase { test in
      let row = try await test.database.query("SELECT \("{\"a\": 1}")::jsonb, 'x'::varchar(3), 'n'::name, '{}'::json")[0]
      #expect(try row.decode(String.self, String.self, String.self, String.self) == ("{\"a\": 1}", "x", "n", "{}"))
    }
  }

  @Test func `a wrong type is refused and named`() async throws {
    try await withDatabase { test in
      let row = try await test.database.query("SELECT 1::bigint AS number")[0]
      let error = #expect(throws: PostgresError.self) { try row[0, String.self] }
      #expect(error?.description.contains("number") == true)
      #expect(throws: PostgresError.self) { try row[1, Int.self] }
    }
  }

  @Test func `PostGIS geometry travels as bytes`() async throws {
    try await withDatabase { test in
      let row = try await test.database.query("SELECT ST_SetSRID(ST_MakePoint(\(116.4), \(39.9)), 4326)")[0]
      let point = try row[0, [UInt8].self]
      let back = try await test.database.query("SELECT ST_X(ST_GeomFromEWKB(\(point)))")[0][0, Double.self]
      #expect(back == 116.4)
    }
  }
}
