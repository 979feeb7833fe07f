import CityModel
import Events
import Postgres
import RPC
import Reactor
import TestKit
import Testing

@testable import NodeKit

@Suite(.timeLimit(.minutes(5))) struct AnsweringTests {
  private struct Unknown: Error {}

  @Test func whatEveryServiceAnswers() async throws {
    let conflict = await #expect(throws: RPCError.self) { try await answering { throw CommandConflict(key: "k") } }
    #expect(conflict?.code == .alreadyExists && conflict?.metadata.first(named: RPCError.refusalCode) == "command.key_reused")
    await #expect(throws: Unknown.self) { try await answering { throw Unknown() } }
    let own = RPCError(.notFound, refusal: "case.unknown", sentence: "没有案卷。 There is no such case.")
    await #expect(throws: own) { try await answering { throw own } }
  }

  @Test(arguments: [Int64.min, -1, 0, 1, 1_512_115_200_000_000, .max]) func pageTokensThereAndBack(order: Int64) throws {
    var random = SplitMix(UInt64(bitPattern: order))
    let cursor = PageCursor(order: order, id: .v7(at: .epoch, random: &random))
    #expect(PageCursor(token: cursor.token) == cursor)
  }

  @Test(arguments: ["", ".", "1", "1.", "x.00000000-0000-0000-0000-000000000000", "1.00000000", "99999999999999999999.1", "1.2.3"])
  func otherTokensAreRefused(token: String) {
    #expect(PageCursor(token: token) == nil)
  }

  @Test func zeroIsNotGiven() {
    #expect(Instant(given: 0) == nil)
    #expect(Instant(given: -1) == Instant(microseconds: -1))
  }
}

@Suite(.timeLimit(.minutes(5))) struct CommandRetentionTests {
  @Test func oldCommandsGoAndFactsStay() async throws {
    try await withDatabase(EventsSchema.migrations) { test async throws in
      let database = test.database
      let commands = (1...3).map { (command: Command(key: "k\($0)", method: "m", request: []), response: [UInt8]()) }
      try await database.query(CommandLog.record(commands, at: .epoch))
      let fact = NewEvent(type: "test.happened", subject: .v7(at: .epoch), occurredAt: .epoch, body: [1])
      try await database.query(EventLog.append([fact], recordedAt: .epoch))
      try await database.query("UPDATE commands SET stored_at = clock_timestamp() - interval '8 days' WHERE key <> 'k3'")
      let job = CommandRetention(retention: .seconds(7 * 86_400), database: database, logger: TestLog.silent)
      try await job.prune()
      let (keys, facts) = (try await database.query("SELECT key FROM commands"), try await database.query("SELECT type FROM events"))
      #expect(try keys.decode(String.self) == ["k3"])
      #expect(try facts.decode(String.self) == ["test.happened"])
    }
  }
}
