import CityModel
import CommonAPI
import EventsAPI
import Postgres
import RPC
import Reactor
import Synchronization
import TestKit
import Testing

@testable import Events

/// One schema that is source and consumer at once: a server of its log over the loopback, and a table of what was applied.
private struct Bench: Sendable {
  static let migrations =
    EventsSchema.migrations
    + [Migration(name: "0001", script: "CREATE TABLE applied (n bigint PRIMARY KEY, at bigint GENERATED ALWAYS AS IDENTITY, who text)")]

  let test: TestDatabase
  let log: EventLog
  let client: EventsClient
  let server: Server
  let address: SocketAddress
  let channel: Channel

  static func run(_ body: @escaping @Sendable (Bench) async throws -> Void) async throws {
    try await withDatabase(migrations) { test async throws in
      let log = EventLog(database: test.database)
      let server = try Self.server(of: log, port: 0, test.reactors)
      let address = try await server.start()[0]
      let channel = Channel(target: "\(address)", tls: nil, reactors: test.reactors)
      let bench = Bench(test: test, log: log, client: EventsClient(channel), server: server, address: address, channel: channel)
      func stop() async {
        await channel.close()
        await server.drain(grace: .zero)
      }
      do {
        try await body(bench)
        await stop()
      } catch {
        await stop()
        throw error
      }
    }
  }

  static func server(of log: EventLog, port: UInt16, _ reactors: ReactorGroup) throws -> Server {
    var router = Router()
    EventsService(log: log).register(in: &router)
    return try Server(
      configuration: ServerConfiguration(port: port, trustPlaintextPeers: true), reactors: reactors, router: router,
      access: AccessPolicy(Dictionary(uniqueKeysWithValues: EventsMethods.all.map { ($0, .authenticated) })), logger: TestLog.silent)
  }

  @discardableResult
  func append(_ numbers: Range<Int>, type: String = "intake.case_filed") async throws -> EventPosition {
    let events = numbers.map {
      NewEvent(type: type, subject: Identifier(high: 0, low: UInt64($0)), occurredAt: EventLogTests.now, body: [1])
    }
    return try EventLog.position(of: try await test.database.query(EventLog.append(events, recordedAt: EventLogTests.now)))!
  }

  func consumer(
    _ name: String = "one", on database: Database? = nil, types: [String] = [], batchSize: Int = 10,
    before: @escaping @Sendable ([RecordedEvent], Transaction) async throws -> Void = { _, _ in },
    after: @escaping @Sendable ([RecordedEvent], Transaction) async throws -> Void = { _, _ in }
  ) -> EventConsumer {
    EventConsumer(
      source: "intake", client: client, types: types, database: database ?? test.database, batchSize: batchSize, logger: TestLog.silent
    ) { events, transaction in
      try await before(events, transaction)
      // The primary key refuses an event that is applied twice.
      let numbers = events.map { Int64($0.subject.low) }
      try await transaction.query(
        "INSERT INTO applied (n, who) SELECT n, \(name) FROM unnest(\(numbers)) WITH ORDINALITY AS e (n, o) ORDER BY o")
      try await after(events, transaction)
    }
  }

  func applied() async throws -> [Int] {
    try await test.database.query("SELECT n FROM applied ORDER BY at").column(Int.self)
  }
}

@Suite(.timeLimit(.minutes(5)))
struct EventConsumerTests {
  private struct Deliberate: Error {}

  /// Runs the consumer while `body` runs.
  private func running(_ consumers: EventConsumer..., body: () async throws -> Void) async throws {
    let tasks = consumers.map { consumer in Reactor.current!.spawn { try await consumer.run() } }
    defer { for task in tasks { task.cancel() } }
    try await body()
  }

  @Test func `events are applied once each, in order, and the cursor moves with them`() async throws {
    try await Bench.run { bench async throws in
      let before = try await bench.append(0..<25)
      let consumer = bench.consumer()
      try await running(consumer) {
        try await consumer.waitUntil(before)
        let after = try await bench.append(25..<40)
        try await consumer.waitUntil(after)
        let applied = try await bench.applied()
        #expect(applied == Array(0..<40))
        let cursor = try await EventCursor.position(of: "intake", in: bench.test.database)
        #expect(cursor == after)
      }
    }
  }

  @Test func `events of other types move the cursor`() async throws {
    try await Bench.run { bench async throws in
      let consumer = bench.consumer(types: ["intake.case_filed"])
      try await running(consumer) {
        try await bench.append(0..<3)
        let position = try await bench.append(3..<30, type: "intake.report_received")
        try await consumer.waitUntil(position)
        let applied = try await bench.applied()
        #expect(applied == [0, 1, 2])
      }
    }
  }

  @Test func `a failure between apply and commit repeats the batch without its effect twice`() async throws {
    try await Bench.run { bench async throws in
      let failures = Mutex(3)
      let consumer = bench.consumer { _, _ in
        let fails = failures.withLock { left in
          left -= 1
          return left >= 0
        }
        if fails { throw Deliberate() }
      }
      let position = try await bench.append(0..<35)
      try await running(consumer) {
        try await consumer.waitUntil(position)
        let applied = try await bench.applied()
        #expect(applied == Array(0..<35))
      }
    }
  }

  @Test func `an unreadable fact holds up what comes after it, not what comes before, and is tried again`() async throws {
    try await Bench.run { bench async throws in
      let isBroken = Mutex(true)
      let consumer = bench.consumer(before: { events, _ in
        guard isBroken.withLock({ $0 }), let event = events.first(where: { $0.subject.low == 23 }) else { return }
        throw UnreadableFact(position: event.position, type: event.type, problem: "broken")
      })
      let before = try await bench.append(0..<23)
      let after = try await bench.append(23..<30)
      try await running(consumer) {
        try await consumer.waitUntil(before)
        let applied = try await bench.applied()
        #expect(applied == Array(0..<23))
        isBroken.withLock { $0 = false }
        try await consumer.waitUntil(after)
        let all = try await bench.applied()
        #expect(all == Array(0..<30))
      }
    }
  }

  @Test func `a consumer whose connection is killed between apply and commit goes on where it was`() async throws {
    try await Bench.run { bench async throws in
      let kills = Mutex(2)
      let consumer = bench.consumer { _, transaction in
        let dies = kills.withLock { left in
          left -= 1
          return left >= 0
        }
        if dies { try await transaction.query("SELECT pg_terminate_backend(pg_backend_pid())") }
      }
      let position = try await bench.append(0..<35)
      try await running(consumer) {
        try await consumer.waitUntil(position)
        let applied = try await bench.applied()
        #expect(applied == Array(0..<35))
      }
    }
  }

  @Test func `two replicas compete and everything is applied once`() async throws {
    try await Bench.run { bench async throws in
      let other = bench.test.another()
      let one = bench.consumer("one", batchSize: 3)
      let two = bench.consumer("two", on: other, batchSize: 3)
      try await running(one, two) {
        var position = EventPosition.start
        for start in stride(from: 0, to: 300, by: 10) { position = try await bench.append(start..<start + 10) }
        try await one.waitUntil(position)
        try await two.waitUntil(position)
        let applied = try await bench.applied()
        #expect(applied == Array(0..<300))
      }
      await other.close()
    }
  }

  @Test func `waiting sees the progress of another replica`() async throws {
    try await Bench.run { bench async throws in
      let other = bench.test.another()
      let working = bench.consumer("working", on: other)
      let idle = bench.consumer("idle")
      try await running(working) {
        let position = try await bench.append(0..<5)
        let reached = try await idle.waitUntil(position)
        #expect(reached >= position)
      }
      await other.close()
    }
  }

  @Test func `the consumer outlives its source`() async throws {
    try await Bench.run { bench async throws in
      let consumer = bench.consumer()
      try await running(consumer) {
        try await consumer.waitUntil(try await bench.append(0..<5))
        await bench.server.drain(grace: .zero)
        let position = try await bench.append(5..<10)
        let next = try Bench.server(of: bench.log, port: bench.address.port, bench.test.reactors)
        _ = try await next.start()
        try await consumer.waitUntil(position)
        #expect(try await bench.applied() == Array(0..<10))
        await next.drain(grace: .zero)
      }
    }
  }
}

@Suite(.timeLimit(.minutes(5)))
struct EventsServiceTests {
  @Test func `without following, a subscription ends with the log`() async throws {
    try await Bench.run { bench async throws in
      let position = try await bench.append(0..<25)
      let batches = try await collect(bench, SubscribeRequest(batchSize: 10))
      #expect(batches.flatMap(\.events).map { Int($0.subject.last!) } == Array(0..<25))
      #expect(batches.last?.caughtUp == true)
      #expect(batches.last?.position == position.wire)
      let rest = try await collect(bench, SubscribeRequest(after: batches[0].position))
      #expect(rest.flatMap(\.events).count == 15)
      // Everything up to there was readable a moment ago.
      let head = try await bench.client.head(HeadRequest())
      #expect(head.position == position.wire)
    }
  }

  private func collect(_ bench: Bench, _ request: SubscribeRequest) async throws -> [EventBatch] {
    var batches: [EventBatch] = []
    try await bench.client.subscribe(request) { batches.append($0) }
    return batches
  }

  @Test func `an empty log answers with one empty batch`() async throws {
    try await Bench.run { bench async throws in
      let batches = try await collect(bench, SubscribeRequest())
      #expect(batches.count == 1)
      #expect(batches[0].caughtUp)
      let head = try await bench.client.head(HeadRequest())
      #expect(head.position == nil)
    }
  }

  @Test func `wrong requests are refused`() async throws {
    try await Bench.run { bench async throws in
      let tooMany = await #expect(throws: RPCError.self) { _ = try await collect(bench, SubscribeRequest(batchSize: 2_001)) }
      #expect(tooMany?.code == .invalidArgument)
      let unknown = await #expect(throws: RPCError.self) { _ = try await bench.client.await(AwaitRequest(source: "nobody")) }
      #expect(unknown?.code == .notFound)
    }
  }

  @Test func `a page of large events becomes several messages`() {
    let events = (0..<5).map { number in
      RecordedEvent(
        position: EventPosition(transaction: 1, sequence: Int64(number)), type: "t", subject: Identifier(high: 0, low: 0),
        occurredAt: .epoch, recordedAt: .epoch, body: [UInt8](repeating: 0, count: 600_000))
    }
    let page = EventLog.Page(events: events, position: EventPosition(transaction: 2, sequence: 9), exhausted: true, held: false)
    let batches = EventsService.batches(of: page)
    #expect(batches.map(\.events.count) == [1, 1, 1, 1, 1])
    #expect(batches.map { $0.position!.sequence } == [0, 1, 2, 3, 9])
    #expect(batches.map(\.caughtUp) == [false, false, false, false, true])
  }
}
