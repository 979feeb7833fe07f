import CityModel
import Events
import Postgres
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct CommandLogTests {
  private static let now = Instant(seconds: 1_512_115_200)
  private static let migrations =
    EventsSchema.migrations + [Migration(name: "0001", script: "CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY, what text)")]

  private func submit(_ command: Command, _ what: String, _ database: Database) async throws -> String {
    let response = try await CommandLog.once(command, in: database, recordedAt: Self.now) { transaction in
      let id = try await transaction.query("INSERT INTO effects (what) VALUES (\(what)) RETURNING id")[0][0, Int.self]
      return CommandOutcome(response: Array("\(what) \(id)".utf8), statements: ["SELECT 1"])
    }
    return String(decoding: response, as: UTF8.self)
  }

  private func effects(_ database: Database) async throws -> Int {
    try await database.query("SELECT count(*) FROM effects")[0][0, Int.self]
  }

  @Test func `a repetition gets the first answer and has no effect`() async throws {
    try await withDatabase(Self.migrations) { test async throws in
      let command = Command(key: "k1", method: "m", request: [1, 2, 3])
      #expect(try await submit(command, "a", test.database) == "a 1")
      #expect(try await submit(command, "a", test.database) == "a 1")
      #expect(try await effects(test.database) == 1)
    }
  }

  @Test func `the same key for another request is a conflict`() async throws {
    try await withDatabase(Self.migrations) { test async throws in
      _ = try await submit(Command(key: "k1", method: "m", request: [1]), "a", test.database)
      for other in [Command(key: "k1", method: "m", request: [2]), Command(key: "k1", method: "n", request: [1])] {
        await #expect(throws: CommandConflict(key: "k1")) { _ = try await submit(other, "b", test.database) }
      }
      #expect(try await effects(test.database) == 1)
    }
  }

  @Test func `without a key nothing is remembered`() async throws {
    try await withDatabase(Self.migrations) { test async throws in
      let command = Command(key: "", method: "m", request: [])
      #expect(try await submit(command, "a", test.database) == "a 1")
      #expect(try await submit(command, "a", test.database) == "a 2")
      #expect(try await test.database.query("SELECT count(*) FROM commands")[0][0, Int.self] == 0)
    }
  }

  @Test func `repetitions at the same time have one effect and one answer`() async throws {
    try await withDatabase(Self.migrations) { test async throws in
      let command = Command(key: "k1", method: "m", request: [1])
      let answers = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<16 { group.addTask { try await submit(command, "a", test.database) } }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(answers.count == 1)
      #expect(try await effects(test.database) == 1)
    }
  }

  @Test func `a failed command may be tried again`() async throws {
    struct Deliberate: Error {}
    try await withDatabase(Self.migrations) { test async throws in
      let command = Command(key: "k1", method: "m", request: [1])
      await #expect(throws: Deliberate.self) {
        _ = try await CommandLog.once(command, in: test.database, recordedAt: Self.now) { transaction in
          try await transaction.query("INSERT INTO effects (what) VALUES ('lost')")
          throw Deliberate()
        }
      }
      let answer = try await submit(command, "a", test.database)
      #expect(answer.hasPrefix("a "))
      #expect(try await effects(test.database) == 1)
    }
  }

  @Test func `a batch finds what was done and records what is new`() async throws {
    try await withDatabase(Self.migrations) { test async throws in
      let database = test.database
      let commands = (1...4).map { Command(key: "k\($0)", method: "m", request: [UInt8($0)]) }
      try await database.query(CommandLog.record([(commands[0], [10]), (commands[1], [20])], at: Self.now))
      let found = try await database.query(CommandLog.find(commands.map(\.key)))
      #expect(try CommandLog.answers(found, to: commands) == ["k1": [10], "k2": [20]])
      let changed = [Command(key: "k2", method: "m", request: [9])]
      #expect(throws: CommandConflict(key: "k2")) { try CommandLog.answers(found, to: changed) }
      let error = await #expect(throws: PostgresError.self) {
        try await database.query(CommandLog.record([(commands[2], [30]), (commands[1], [20])], at: Self.now))
      }
      #expect(error.map(CommandLog.isRepetition) == true)
    }
  }

  /// Commands are kept by the time in which callers live, not by the data's (here: the year 2017).
  @Test func `old commands are forgotten, a batch at a time and each by one replica`() async throws {
    try await withDatabase(Self.migrations) { test async throws in
      let database = test.database
      let commands = (1...5).map { Command(key: "k\($0)", method: "m", request: []) }
      try await database.query(CommandLog.record(commands.map { ($0, []) }, at: Self.now))
      #expect(try await database.query(CommandLog.prune(olderThan: .seconds(3_600))).affected == 0)
      try await database.query("UPDATE commands SET stored_at = stored_at - interval '1 hour' WHERE key <> 'k5'")
      try await database.transaction { other async throws in
        #expect(try await other.query(CommandLog.prune(olderThan: .seconds(3_600), limit: 2)).affected == 2)
        #expect(try await database.query(CommandLog.prune(olderThan: .seconds(3_600))).affected == 2)
      }
      let left = try await database.query("SELECT key FROM commands")
      #expect(try left.decode(String.self) == ["k5"])
    }
  }
}
