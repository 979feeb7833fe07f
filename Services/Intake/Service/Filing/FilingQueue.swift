internal import Events
internal import IntakeDomain
internal import Logging
internal import Postgres
internal import Reactor

/// Collects the reports that arrive on one reactor and commits them together: one wait for the disk for up to `batchLimit` reports.
///
/// While a batch waits for its commit the next one forms. A batch begins to look for duplicates only after the one before it has taken its
/// locks, so reports of one reactor are judged in the order in which they came. `@unchecked Sendable`: everything is touched on `reactor`
/// only.
final class FilingQueue: EndOfTurnWork, @unchecked Sendable {
  /// Reports of one transaction.
  static let batchLimit = 256
  /// Transactions under way at once, a reactor.
  static let inFlightLimit = 3
  /// While a transaction is under way another one begins only when so many reports wait: small commits cost as much as big ones. And a
  /// batch leaves as many behind, up to half, so that while PostgreSQL works on one of two batches we work on the other.
  static let worthAnother = 16
  /// After a batch, the next one waits for half as many reports as that one had, at most half as long as that one took, and so long:
  /// those who were just answered send their next report in a moment, and one commit for all of them costs as much as for the first.
  static let longestGathering = Duration.milliseconds(10)
  /// Reports that wait, a reactor; more are turned away at once.
  static let waitingLimit = 20_000
  /// Tries of a batch whose transaction failed for a passing reason, and the pause between them.
  static let attempts = 3
  static let retryPause = Duration.milliseconds(100)

  typealias Completion = (Result<FilingAnswer, any Error>) -> Void

  private struct Waiting {
    let report: PreparedReport
    let done: Completion
  }

  private let reactor: Reactor
  private let filer: ReportFiler
  private let logger: Logger
  private let reserve = NumberReserve()
  private var waiting: [Waiting] = []
  private var inFlight = 0
  private var isLooking = false
  private var isScheduled = false
  /// Size of the last batch; zero when enough time has passed since.
  private var lastCount = 0
  private var gathering: TimerID?

  init(reactor: Reactor, filer: ReportFiler, logger: Logger) {
    self.reactor = reactor
    self.filer = filer
    self.logger = logger
  }

  /// Files one report and returns after its commit. A caller that is cancelled meanwhile does not stop it: the key finds the answer.
  /// - Throws: `Refusal` (the key was used before), `FilingOverload`, `PostgresError`.
  func file(_ report: PreparedReport) async throws -> FilingAnswer {
    try await withCheckedThrowingContinuation { continuation in
      enqueue(report) { continuation.resume(with: $0) }
    }
  }

  /// - Parameter done: Called on the reactor, after the commit.
  func enqueue(_ report: PreparedReport, done: @escaping Completion) {
    guard waiting.count < Self.waitingLimit else { return done(.failure(FilingOverload())) }
    waiting.append(Waiting(report: report, done: done))
    schedule()
  }

  func endOfTurn() {
    isScheduled = false
    startBatch()
  }

  private func schedule() {
    guard !isScheduled, mayStart else { return }
    isScheduled = true
    reactor.atEndOfTurn(self)
  }

  private var mayStart: Bool {
    guard !isLooking, !waiting.isEmpty, inFlight < Self.inFlightLimit else { return false }
    return inFlight == 0 ? waiting.count * 2 >= lastCount : waiting.count >= Self.worthAnother
  }

  private func startBatch() {
    guard mayStart else { return }
    let batch = Array(waiting.prefix(min(Self.batchLimit, max(Self.worthAnother, (waiting.count + 1) / 2))))
    waiting.removeFirst(batch.count)
    inFlight += 1
    isLooking = true
    lastCount = batch.count
    let work = ConfinedBatch(batch)
    let began = MonotonicTime.now()
    reactor.spawn { [self] in
      await commit(work.batch)
      inFlight -= 1
      if inFlight == 0 { gather(atMost: min(Self.longestGathering, began.duration(to: .now()) / 2)) }
      schedule()
    }
  }

  private func gather(atMost pause: Duration) {
    if let gathering { reactor.cancel(gathering) }
    gathering = reactor.schedule(after: pause) { [self] in
      gathering = nil
      lastCount = 0
      schedule()
    }
  }

  private func commit(_ batch: [Waiting]) async {
    do {
      let results = try await attempt(batch)
      for (item, result) in zip(batch, results) { item.done(result.mapError { $0 }) }
    } catch  where batch.count == 1 || (error as? PostgresError)?.isTransient != false {
      for item in batch { item.done(.failure(error)) }
    } catch {
      logger.warning("a batch of reports failed and is tried one by one", metadata: ["count": "\(batch.count)", "error": "\(error)"])
      for item in batch { await commit([item]) }
    }
  }

  /// Tries again after a lost connection, a deadlock, or when a repetition of a key or a drawn number got in between.
  private func attempt(_ batch: [Waiting]) async throws -> [ReportFiler.Result] {
    var tries = 1
    while true {
      do {
        return try await filer.file(batch.map(\.report), reserve: reserve) { looked() }
      } catch let error as PostgresError where tries < Self.attempts && (error.isTransient || error.sqlState == .uniqueViolation) {
        looked()
        tries += 1
        if error.isTransient { try await Reactor.sleep(for: Self.retryPause) }
      } catch {
        looked()
        throw error
      }
    }
  }

  private func looked() {
    isLooking = false
    schedule()
  }

  /// `@unchecked Sendable`: made, carried and opened on the queue's reactor.
  private struct ConfinedBatch: @unchecked Sendable {
    let batch: [Waiting]
    init(_ batch: [Waiting]) { self.batch = batch }
  }
}

/// More reports wait than the queue takes.
struct FilingOverload: Error, CustomStringConvertible {
  var description: String { "more than \(FilingQueue.waitingLimit) reports wait to be filed" }
}
