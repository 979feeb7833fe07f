internal import Events
internal import NodeKit
internal import Postgres
internal import RPC
internal import Reactor

/// Commands of one reactor, committed in groups: while one transaction waits for the disk, the next one's commands gather.
///
/// `@unchecked Sendable`: everything mutable is touched on the reactor that made it only; `ReactorLocal` hands it to no other.
final class CommandQueue: @unchecked Sendable {
  /// Most commands in one transaction: 128.
  static let batchLimit = 128
  /// Transactions of one reactor at the same time: 2, so that one decides while the other commits.
  static let runnerLimit = 2
  /// Commands that wait, a reactor: 10,000. More are refused at once.
  static let lengthLimit = 10_000

  private struct Entry {
    let request: CaseRequest
    let continuation: CheckedContinuation<CaseAnswer, any Error>
  }

  private let reactor: Reactor
  private let batch: CommandBatch
  private var waiting: [Entry] = []
  private var runners = 0

  init(reactor: Reactor, batch: CommandBatch) {
    self.reactor = reactor
    self.batch = batch
  }

  /// The answer once it is durable. Giving up waiting does not take the command back.
  func perform(_ request: CaseRequest) async throws -> CaseAnswer {
    guard waiting.count < Self.lengthLimit else {
      throw RPCError(
        .resourceExhausted, refusal: "dispatch.overloaded",
        sentence: "等待处理的操作过多，请稍后再试。 Too many commands are waiting; try again in a moment.")
    }
    return try await withCheckedThrowingContinuation { continuation in
      waiting.append(Entry(request: request, continuation: continuation))
      guard runners < Self.runnerLimit else { return }
      runners += 1
      // Begins in the next turn of the loop: what this turn still reads from the sockets comes along.
      reactor.spawn { await self.run() }
    }
  }

  private func run() async {
    while !waiting.isEmpty {
      let entries = Array(waiting.prefix(Self.batchLimit))
      waiting.removeFirst(entries.count)
      await settle(entries)
    }
    runners -= 1
  }

  /// The fault of one command in the batch: another command's key, a repetition at the same time on another reactor, a deadlock. Each on
  /// its own, so that it fails alone.
  private static func isOfOne(_ error: any Error) -> Bool {
    if let error = error as? PostgresError { return !error.isConnectionLost }
    return error is CommandConflict
  }

  private func settle(_ entries: [Entry], again: Bool = false) async {
    do {
      let answers = try await batch.perform(entries.map(\.request))
      for (entry, answer) in zip(entries, answers) { entry.continuation.resume(returning: answer) }
    } catch let error where entries.count > 1 && Self.isOfOne(error) {
      for entry in entries { await settle([entry]) }
    } catch let error as PostgresError where CommandLog.isRepetition(error) && !again {
      await settle(entries, again: true)  // now its answer can be found
    } catch {
      for entry in entries { entry.continuation.resume(throwing: error) }
    }
  }
}
