import CityModel
import Postgres
import Reactor
import TestKit
import Testing

@testable import Events

@Suite(.timeLimit(.minutes(5)))
struct EventLogTests {
  static let now = Instant(seconds: 1_512_115_200)

  static func event(_ number: Int, _ type: String = "intake.case_filed") -> NewEvent {
    NewEvent(
      type: type, subject: Identifier(high: 1, low: UInt64(number)), occurredAt: Instant(seconds: Int64(number)),
      body: [UInt8(truncatingIfNeeded: number)])
  }

  /// Waits until no transaction of another test holds the events back.
  static func waitUntilReadable(_ position: EventPosition?, in log: EventLog) async throws {
    guard let position else { return }
    while try await log.head() ?? .start < position {}
  }

  private static func numbers(_ page: EventLog.Page) -> [UInt64] { page.events.map(\.subject.low) }

  @Test func `events are read as they were appended, in order`() async throws {
    try await withDatabase(EventsSchema.migrations) { test async throws in
      let log = EventLog(database: test.database)
      let rows = try await test.database.query(EventLog.append((1...100).map { Self.event($0) }, recordedAt: Self.now))
      let position = try EventLog.position(of: rows)
      try await Self.waitUntilReadable(position, in: log)
      let page = try await log.read()
      #expect(Self.numbers(page) == Array(1...100))
      #expect(page.position == position)
      #expect(page.exhausted && !page.held)
      #expect(page.events[6].occurredAt == Instant(seconds: 7))
      #expect(page.events[6].recordedAt == Self.now)
      #expect(page.events[6].body == [7])
      #expect(try await log.head() == position)
      #expect(try await log.read(after: page.events[97].position).events.map(\.subject.low) == [99, 100])
      #expect(try await log.read(limit: 10).exhausted == false)
    }
  }

  @Test func `a read of long events ends before it is too large, and the next one goes on`() async throws {
    try await withDatabase(EventsSchema.migrations) { test async throws in
      let log = EventLog(database: test.database)
      let mebibyte = [UInt8](repeating: 1, count: 1 << 20)
      let long = (UInt64(1)...12).map { number in
        NewEvent(type: "long", subject: Identifier(high: 0, low: number), occurredAt: Self.now, body: mebibyte)
      }
      let rows = try await test.database.query(EventLog.append(long, recordedAt: Self.now))
      try await Self.waitUntilReadable(try EventLog.position(of: rows), in: log)
      let first = try await log.read()
      #expect(Self.numbers(first) == Array(1...8) && !first.exhausted)
      let second = try await log.read(after: try #require(first.position))
      #expect(Self.numbers(second) == Array(9...12) && second.exhausted)
      #expect(try await log.read(after: try #require(second.position)).exhausted)
    }
  }

  @Test func `an empty append has no position, and an empty log no head`() async throws {
    try await withDatabase(EventsSchema.migrations) { test async throws in
      let rows = try await test.database.query(EventLog.append([], recordedAt: Self.now))
      #expect(try EventLog.position(of: rows) == nil)
      #expect(try await EventLog(database: test.database).head() == nil)
    }
  }

  @Test func `other types are passed over, and the position says so`() async throws {
    try await withDatabase(EventsSchema.migrations) { test async throws in
      let log = EventLog(database: test.database)
      let events = (1...10).map { Self.event($0, $0 % 5 == 0 ? "intake.case_filed" : "intake.report_received") }
      let position = try EventLog.position(of: try await test.database.query(EventLog.append(events, recordedAt: Self.now)))
      try await Self.waitUntilReadable(position, in: log)
      let filed = try await log.read(types: ["intake.case_filed"])
      #expect(Self.numbers(filed) == [5, 10])
      let none = try await log.read(types: ["intake.nothing"])
      #expect(none.events.isEmpty)
      #expect(none.position == position)
    }
  }

  @Test func `what is rolled back is never read`() async throws {
    struct Deliberate: Error {}
    try await withDatabase(EventsSchema.migrations) { test async throws in
      await #expect(throws: Deliberate.self) {
        try await test.database.transaction { transaction in
          try await transaction.query(EventLog.append([Self.event(1)], recordedAt: Self.now))
          throw Deliberate()
        }
      }
      let rows = try await test.database.query(EventLog.append([Self.event(2)], recordedAt: Self.now))
      let log = EventLog(database: test.database)
      try await Self.waitUntilReadable(try EventLog.position(of: rows), in: log)
      #expect(Self.numbers(try await log.read()) == [2])
    }
  }

  /// The trap of `id > last`: the earlier transaction commits after the later one has been readable.
  @Test func `what commits late is not lost`() async throws {
    try await withDatabase(EventsSchema.migrations) { test async throws in
      let log = EventLog(database: test.database)
      var read: [UInt64] = []
      let rows = try await test.database.query(EventLog.append([Self.event(1)], recordedAt: Self.now))
      try await Self.waitUntilReadable(try EventLog.position(of: rows), in: log)
      let first = try await log.read()
      read += Self.numbers(first)
      try await test.database.transaction { late in
        try await late.query(EventLog.append([Self.event(2)], recordedAt: Self.now))
        // A transaction that began later commits first.
        try await test.database.query(EventLog.append([Self.event(3)], recordedAt: Self.now))
        let between = try await log.read(after: first.position!)
        #expect(between.events.isEmpty)
        #expect(between.held)
        #expect(try await log.head() == first.position)
      }
      try await Self.waitUntilReadable(try await log.lastCommitted(), in: log)
      let last = try await log.read(after: first.position!)
      read += Self.numbers(last)
      #expect(read == [1, 2, 3])
      #expect(!last.held)
    }
  }

  @Test func `a follower gets late commits in order, also when the end of the older transaction rings no bell`() async throws {
    try await withDatabase(EventsSchema.migrations) { test async throws in
      let log = EventLog(database: test.database)
      let (seen, report) = AsyncStream.makeStream(of: UInt64.self)
      let follower = Reactor.current!.spawn {
        try await log.deliver(after: .start, types: [], batchSize: 2, follow: true) { page in
          for event in page.events { report.yield(event.subject.low) }
        }
      }
      var iterator = seen.makeAsyncIterator()
      let other = test.another()
      try await test.database.query(EventLog.append([Self.event(1)], recordedAt: Self.now))
      #expect(await iterator.next() == 1)
      // Holds the horizon, tells nobody of its end.
      try await other.transaction { silent in
        try await silent.query("SELECT pg_current_xact_id()")
        try await test.database.query(EventLog.append([Self.event(2), Self.event(3), Self.event(4)], recordedAt: Self.now))
        #expect(try await log.read().held)
      }
      #expect(await iterator.next() == 2)
      #expect(await iterator.next() == 3)
      #expect(await iterator.next() == 4)
      follower.cancel()
      await #expect(throws: CancellationError.self) { try await follower.value }
      await other.close()
    }
  }

  @Test func `a follower in another process hears of a commit at once`() async throws {
    try await withDatabase(EventsSchema.migrations) { test async throws in
      let other = test.another()
      let log = EventLog(database: other)
      let (seen, report) = AsyncStream.makeStream(of: UInt64.self)
      let follower = Reactor.current!.spawn {
        try await log.deliver(after: .start, types: [], batchSize: 100, follow: true) { page in
          for event in page.events { report.yield(event.subject.low) }
        }
      }
      var iterator = seen.makeAsyncIterator()
      for number in 1...20 {
        try await test.database.query(EventLog.append([Self.event(number)], recordedAt: Self.now))
        #expect(await iterator.next() == UInt64(number))
      }
      follower.cancel()
      _ = try? await follower.value
      await other.close()
    }
  }

  @Test func `many writers, one follower: everything once, and each writer's events in its order`() async throws {
    try await withDatabase(EventsSchema.migrations) { test async throws in
      let log = EventLog(database: test.database)
      let (seen, report) = AsyncStream.makeStream(of: (writer: UInt64, number: UInt64).self)
      let follower = Reactor.current!.spawn {
        try await log.deliver(after: .start, types: [], batchSize: 50, follow: true) { page in
          for event in page.events { report.yield((event.subject.high, event.subject.low)) }
        }
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<8 as Range<UInt64> {
          group.addTask {
            for number in 0..<40 as Range<UInt64> {
              let event = NewEvent(
                type: "intake.case_filed", subject: Identifier(high: writer, low: number), occurredAt: Self.now, body: [])
              try await test.database.transaction { transaction in
                try await transaction.query(EventLog.append([event], recordedAt: Self.now))
                // Transactions of different lengths commit in another order than they began.
                if number % 3 == writer % 3 { try await transaction.query("SELECT 1") }
              }
            }
          }
        }
        try await group.waitForAll()
      }
      var next = [UInt64](repeating: 0, count: 8)
      var count = 0
      for await (writer, number) in seen {
        #expect(number == next[Int(writer)])
        next[Int(writer)] += 1
        count += 1
        if count == 8 * 40 { break }
      }
      follower.cancel()
    }
  }

  @Test func `looking again gets rarer while events are held, and rare when they are not`() {
    var pace = ReadingPace()
    var pauses = (0..<12).map { _ in pace.pause(progressed: false, held: true) }
    #expect(pauses.prefix(3) == [.milliseconds(5), .milliseconds(10), .milliseconds(20)])
    #expect(pauses.last == .milliseconds(250))
    pauses = [
      pace.pause(progressed: true, held: true), pace.pause(progressed: false, held: false), pace.pause(progressed: false, held: true),
    ]
    #expect(pauses == [.milliseconds(5), .seconds(1), .milliseconds(5)])
  }
}
