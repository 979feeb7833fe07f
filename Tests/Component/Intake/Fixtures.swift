import CityModel
import CommonAPI
import Cryptography
import Events
import IntakeAPI
import IntakeDomain
import NodeKit
import Postgres
import RPC
import Reactor
import TestKit
import Testing
import Wire

@testable import IntakeService

/// Friday, 2017-12-01, 16:00 in Shanghai.
let start = Instant(seconds: 1_512_115_200)
let square = GeoPoint(longitude: 116.397, latitude: 39.909)

func north(_ metres: Double, of point: GeoPoint = square) -> GeoPoint {
  GeoPoint(longitude: point.longitude, latitude: point.latitude + metres / GeoPoint.metresPerDegree)
}

/// Intake without its neighbours, on a schema of its own and a clock that stands; as many replicas as a test asks for.
struct TestIntake: Sendable {
  let test: TestDatabase
  let clock: ManualClock
  let cipher: FieldCipher
  let book: ReferenceBook
  let commands: IntakeCommands

  var database: Database { test.database }

  init(_ test: TestDatabase, on database: Database? = nil, clock: ManualClock = ManualClock(start), key: [UInt8]? = nil) async throws {
    self.test = test
    self.clock = clock
    cipher = FieldCipher(key: key ?? [UInt8](repeating: 7, count: FieldCipher.keyByteCount))
    book = ReferenceBook(store: ReferenceStore(database: database ?? test.database))
    try await book.refresh()
    commands = IntakeCommands(
      database: database ?? test.database, clock: clock, timeZone: CityTimeZone(name: "Asia/Shanghai", fixedOffset: 28_800),
      cipher: cipher, book: book, logger: TestLog.silent)
  }

  @discardableResult
  func submit(_ key: String, at point: GeoPoint? = square, _ change: (inout Submission) -> Void = { _ in }) async throws -> FilingAnswer {
    let submission = submission(key, at: point, change)
    return try await commands.submit(submission, by: Caller(mayNameTime: true), request: fingerprint(submission))
  }

  func submission(_ key: String, at point: GeoPoint? = square, _ change: (inout Submission) -> Void = { _ in }) -> Submission {
    var submission = Submission()
    submission.idempotencyKey = key
    submission.channel = 1
    submission.kind = "garbage"
    submission.text = "路口有垃圾"
    submission.place.point = point
    change(&submission)
    return submission
  }

  func fingerprint(_ submission: Submission) -> [UInt8] { Array("\(submission)".utf8) }

  /// What was told, straight from the table: readers of the log wait for other tests' transactions, too.
  func facts() async throws -> [IntakeEvent.Fact] {
    try await database.query("SELECT body FROM events ORDER BY id").column([UInt8].self).map { body in
      try #require(try IntakeEvent(decoding: body).fact)
    }
  }

  func count(_ table: String) async throws -> Int {
    try await database.query("SELECT count(*) FROM \(identifier: table)")[0][0, Int.self]
  }

  func isOpen(_ caseID: Identifier?) async throws -> Bool {
    let id = try #require(caseID)
    return try await database.query("SELECT closed_at IS NULL FROM cases WHERE id = \(id)")[0][0, Bool.self]
  }
}

/// Kinds: garbage (standard rule), lamp (its own rule), noise (no rule), unknown to the standards: odd.
let kinds = IntakeDomain.CodeTable(
  name: IntakeDomain.CodeTable.kinds, version: "2017", validFrom: .epoch,
  codes: [
    .init(code: "garbage", name: "暴露生活垃圾", nameInEnglish: "garbage"),
    .init(code: "lamp", name: "路灯", duplicateRule: IntakeDomain.DuplicateRule(disabled: false, radiusM: 10, window: .seconds(600))),
    .init(code: "noise", name: "商业噪音", duplicateRule: IntakeDomain.DuplicateRule(disabled: true, radiusM: 50, window: .seconds(86_400))),
    .init(code: "odd", name: "其他", nameInEnglish: "something else"),
  ])
let standards = ["garbage", "lamp", "noise"].map {
  IntakeDomain.FilingStandard(id: "\($0)-standard", version: "1", kind: $0, limit: 4, unit: .workingHour)
}

func withIntake(
  connections: Int = 4, _ body: @escaping @Sendable (TestIntake) async throws -> Void
) async throws {
  try await withDatabase(EventsSchema.migrations + IntakeService.migrations, adjust: { $0.connectionsPerReactor = connections }) { test in
    let intake = try await TestIntake(test)
    _ = try await intake.commands.putCodeTable(kinds)
    _ = try await intake.commands.putStandards(standards, validFrom: .epoch)
    try await body(intake)
  }
}
