import CityModel
import CommonAPI
import DispatchAPI
import EventsAPI
import IntakeAPI
import RPC
import Reactor
import Synchronization

/// What the clients were told. The auditor takes nothing else from them.
struct ScenarioLedger: Sendable {
  struct Deed: Sendable, Hashable {
    let caseID: [UInt8]
    /// The case's version that the answer showed: the fact's place in the history.
    let version: Int32
    let kind: FactKind
  }

  /// Every answer to a report, by the source's number; repeated ones, too.
  var answers: [String: [SubmitReportResponse]] = [:]
  /// Every answer to a command.
  var deeds: [Deed] = []
}

/// The clients: they submit, act, are cut off, give up and try again. What they were told is in the ledger.
final class ScenarioRun: Sendable {
  let city: ScenarioCity
  let plan: ScenarioPlan
  private let ledger = Mutex(ScenarioLedger())

  init(_ city: ScenarioCity, _ plan: ScenarioPlan) {
    self.city = city
    self.plan = plan
  }

  func run() async throws -> ScenarioLedger {
    for round in plan.rounds {
      let progress = Progress()
      let faults = Reactor.current!.spawn { try await self.bringAbout(round.faults, progress) }
      let work = await Reactor.current!.spawn { try await self.work(round, progress) }.result
      progress.finish()
      try await faults.value
      try work.get()
      try await city.drive(to: round.end)
    }
    try await city.settle()
    return ledger.withLock { $0 }
  }

  private func bringAbout(_ faults: [ScenarioPlan.Fault], _ progress: Progress) async throws {
    for fault in faults {
      await progress.reached(fault.after)
      switch fault.kind {
      case .restart(let member): try await city.restart(member)
      case .hangUp(let member): await city.hangUp(member)
      }
    }
  }

  private func work(_ round: ScenarioPlan.Round, _ progress: Progress) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for report in round.reports where !report.streamed {
        group.addTask {
          let answers = try await self.troubled(report.misfortune) {
            try await IntakeClient(try self.city.channel(.intake)).submitReport(report.request)
          }
          try await self.follow(report, answers, progress)
        }
      }
      let streamed = round.reports.filter(\.streamed)
      group.addTask {
        let answers = try await self.submitInOneStream(streamed)
        for report in streamed { try await self.follow(report, answers[report.reference] ?? [], progress) }
      }
      try await group.waitForAll()
    }
  }

  /// A stream that breaks is sent again whole.
  private func submitInOneStream(_ reports: [ScenarioPlan.PlannedReport]) async throws -> [String: [SubmitReportResponse]] {
    var answers: [String: [SubmitReportResponse]] = [:]
    var waiting = reports
    while !waiting.isEmpty {
      let sent = waiting
      let answer = try await persistently {
        try await IntakeClient(try self.city.channel(.intake)).submitReports { stream in
          for report in sent { try await stream.send(report.request) }
        }
      }
      let failed = Set(answer.failed.map { Int($0.index) })
      let accepted = sent.indices.filter { !failed.contains($0) }
      guard accepted.count == answer.accepted.count else { throw ScenarioFailure("a stream of \(sent.count) lost an answer") }
      for (index, response) in zip(accepted, answer.accepted) { answers[sent[index].reference, default: []].append(response) }
      waiting = sent.indices.filter { failed.contains($0) }.map { sent[$0] }
    }
    return answers
  }

  /// Writes the answers down and acts on the case, if the report opened one.
  private func follow(
    _ report: ScenarioPlan.PlannedReport, _ answers: [SubmitReportResponse], _ progress: Progress
  ) async throws {
    ledger.withLock { $0.answers[report.reference, default: []] += answers }
    progress.advance()
    guard let answer = answers.last, answer.state == .filed, let position = answer.position else { return }
    _ = try await persistently {
      try await EventsClient(try self.city.channel(.dispatch)).await(AwaitRequest(source: "intake", position: position))
    }
    for (index, deed) in report.deeds.enumerated() {
      let command = CaseCommand(
        idempotencyKey: "\(report.request.idempotencyKey):\(index)", caseId: answer.caseId,
        actor: Actor(id: "scenario", role: "operator", name: "scenario"),
        occurredAtUs: report.request.occurredAtUs + 3_600_000_000 * Int64(index + 1), reason: "deed \(index)")
      let replies = try await troubled(index == 0 ? report.misfortune : .none) {
        try await deed.send(command, to: DispatchClient(try self.city.channel(.dispatch)))
      }
      ledger.withLock { ledger in
        for reply in replies {
          ledger.deeds.append(.init(caseID: answer.caseId, version: reply.caseFile?.version ?? 0, kind: deed.fact))
        }
      }
      progress.advance()
    }
  }

  /// A call and what befalls it; every answer that came.
  private func troubled<Answer: Sendable>(
    _ misfortune: ScenarioPlan.Misfortune, _ call: @escaping @Sendable () async throws -> Answer
  ) async throws -> [Answer] {
    switch misfortune {
    case .none: return [try await persistently(call)]
    case .cancelled(let milliseconds):
      let attempt = Reactor.current!.spawn { try await call() }
      try await Reactor.sleep(for: .milliseconds(milliseconds))
      attempt.cancel()
      let early = try? await attempt.value
      return (early.map { [$0] } ?? []) + [try await persistently(call)]
    case .repeated(let count):
      return try await withThrowingTaskGroup(of: Answer.self) { group in
        for _ in 0..<count { group.addTask { try await persistently(call) } }
        var answers: [Answer] = []
        for try await answer in group { answers.append(answer) }
        return answers
      }
    }
  }
}

struct ScenarioFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// How many calls of a round have been acknowledged; faults wait for it.
private final class Progress: Sendable {
  private struct State {
    var count = 0
    var finished = false
    var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    mutating func due() -> [CheckedContinuation<Void, Never>] {
      let due = waiting.filter { finished || $0.count <= count }.map(\.continuation)
      waiting.removeAll { finished || $0.count <= count }
      return due
    }
  }
  private let state = Mutex(State())

  func advance() { change { $0.count += 1 } }

  /// What has not happened by then happens now.
  func finish() { change { $0.finished = true } }

  func reached(_ count: Int) async {
    await withCheckedContinuation { continuation in change { $0.waiting.append((count, continuation)) } }
  }

  private func change(_ body: (inout State) -> Void) {
    let due = state.withLock { state in
      body(&state)
      return state.due()
    }
    for continuation in due { continuation.resume() }
  }
}

extension ScenarioPlan.Deed {
  /// The fact that it leaves.
  var fact: FactKind {
    switch self {
    case .accept: .accepted
    case .handled: .handled
    case .passCheck: .checkPassed
    case .failCheck: .checkFailed
    case .close: .closed
    case .cancel: .cancelled
    case .giveBack: .returned
    case .dispatch: .dispatched
    }
  }

  fileprivate func send(_ command: CaseCommand, to dispatch: DispatchClient) async throws -> CaseReply {
    switch self {
    case .accept: try await dispatch.acceptTask(AcceptTaskRequest(command: command))
    case .handled: try await dispatch.reportHandled(ReportHandledRequest(command: command))
    case .passCheck: try await dispatch.checkCase(CheckCaseRequest(command: command, passed: true))
    case .failCheck: try await dispatch.checkCase(CheckCaseRequest(command: command, passed: false))
    case .close: try await dispatch.closeCase(CloseCaseRequest(command: command))
    case .cancel: try await dispatch.cancelCase(CancelCaseRequest(command: command))
    case .giveBack: try await dispatch.returnTask(ReturnTaskRequest(command: command))
    case .dispatch(let department): try await dispatch.dispatchCase(DispatchCaseRequest(command: command, department: department))
    }
  }
}
