internal import ChengyunDomain
internal import CityModel
internal import CommonAPI
internal import DispatchAPI
internal import IntakeAPI
internal import RPC
internal import Reactor

/// What a replay did.
struct ReplaySummary: Sendable, Hashable {
  var reports = 0
  /// Answers that had been given before: an earlier, interrupted run had got as far.
  var repeated = 0
  var closed = 0
  var cancelled = 0
  var referred = 0
  var open = 0
  var duplicates = 0
  var withoutPlace = 0
}

/// Feeds an extract through intake's and dispatch's public RPCs, window by window, in the data's own time.
struct ReplayRun: Sendable {
  /// Cases whose endings are under way at the same time.
  static let endingsInFlight = 64
  static let streamTimeout = Duration.seconds(120)

  let clients: NodeClients
  let input: ReplayInput
  let patience: Patience

  private var clocks: NodeClocks { NodeClocks(clocks: clients.clocks, patience: patience) }
  private var consumers: Consumers { Consumers(events: clients.events, patience: patience) }

  /// Runs to the data's end, or throws; the clocks are left driven then, so that the same command goes on where this one stopped.
  func run(progress: (Int) -> Void) async throws -> (ReplaySummary, [RejectedRow]) {
    var ledger = ReplayLedger(input)
    guard let begin = input.plan.begin, let end = input.plan.end else { return (ledger.summary, ledger.rejected) }
    try await clocks.drive(to: begin)
    try await ReplaySetUp(clients: clients, patience: patience).run(input, from: begin, to: end)
    var done = 0
    for window in input.plan.windows {
      let filed = try await submit(window.reports, &ledger)
      try await consumers.wait(.dispatch, for: .intake, until: filed)
      let ended = try await finish(window.endings, &ledger)
      // Intake must know which cases are closed before it looks for duplicates among the next reports.
      try await consumers.wait(.intake, for: .dispatch, until: ended)
      try await clocks.drive(to: window.end)
      done += window.count
      progress(done)
    }
    try await clocks.drive(to: end)
    try await consumers.waitForAll()
    try await clocks.release()
    return (ledger.summary, ledger.rejected)
  }

  // MARK: - reports

  private func submit(_ indices: [Int], _ ledger: inout ReplayLedger) async throws -> Position? {
    var waiting = indices
    var position: Position?
    var attempts = 0
    while !waiting.isEmpty {
      let requests = waiting.map { input.plan.cases[$0].report(input.mapping) }
      let answer = try await patience.repeating("submit reports") {
        try await clients.intake.submitReports(CallOptions(timeout: Self.streamTimeout)) { stream in
          for request in requests { try await stream.send(request) }
        }
      }
      position = .later(position, answer.position)
      let failures = Dictionary(answer.failed.map { (Int($0.index), $0) }, uniquingKeysWith: { first, _ in first })
      var accepted = answer.accepted.makeIterator()
      var again: [Int] = []
      for (offset, index) in waiting.enumerated() {
        if let failure = failures[offset] {
          let code = StatusCode(rawValue: Int(failure.code)) ?? .unknown
          let mayHeal = Patience.isPassing(code) || code == .internal || code == .unknown
          if mayHeal, attempts < 20 { again.append(index) } else { ledger.reject(index, "intake refused it: \(failure.message)") }
        } else if let response = accepted.next() {
          ledger.note(response, for: index)
          position = .later(position, response.position)
        } else {
          again.append(index)
        }
      }
      if !again.isEmpty { try await Reactor.sleep(for: .milliseconds(200)) }
      attempts += 1
      guard attempts <= 40 else { throw RPCError(.internal, "intake answers fewer reports than it was sent") }
      waiting = again
    }
    return position
  }

  // MARK: - endings

  /// Cases side by side, the steps of each one in order.
  private func finish(_ indices: [Int], _ ledger: inout ReplayLedger) async throws -> Position? {
    let tasks = indices.compactMap { index in ledger.caseIDs[index].map { (index, $0) } }
    var position: Position?
    try await withThrowingTaskGroup(of: EndingResult.self) { group in
      var next = tasks.makeIterator()
      func add() {
        guard let (index, caseID) = next.next() else { return }
        group.addTask { try await end(index, caseID) }
      }
      for _ in 0..<Self.endingsInFlight { add() }
      while let result = try await group.next() {
        position = .later(position, result.position)
        if let refusal = result.refusal { ledger.reject(result.index, refusal) } else { ledger.noteEnd(of: result.index) }
        add()
      }
    }
    return position
  }

  private struct EndingResult: Sendable {
    let index: Int
    var position: Position?
    var refusal: String?
  }

  private func end(_ index: Int, _ caseID: Identifier) async throws -> EndingResult {
    let item = input.plan.cases[index]
    var result = EndingResult(index: index)
    do {
      switch item.outcome {
      case .open: break
      case .closed, .closedDuplicate: result.position = try await close(item, caseID)
      case .cancelled:
        let command = item.command("cancel", caseID: caseID, reason: item.endNote(input.mapping), input.mapping)
        result.position = try await patience.repeating("cancel") {
          try await clients.dispatch.cancelCase(CancelCaseRequest(command: command)).position
        }
      case .referred:
        let command = item.command("refer", caseID: caseID, reason: item.endNote(input.mapping), input.mapping)
        result.position = try await patience.repeating("refer") {
          try await clients.dispatch.referCase(ReferCaseRequest(command: command, authority: "outside the platform")).position
        }
      }
    } catch let error as RPCError where Self.isRefusal(error.code) {
      result.refusal = "dispatch refused its end: \(error.message)"
    }
    return result
  }

  private func close(_ item: SourceCase, _ caseID: Identifier) async throws -> Position? {
    let handled = item.command("handled", caseID: caseID, reason: item.endNote(input.mapping), input.mapping)
    let closed = item.command("close", caseID: caseID, reason: item.endNote(input.mapping), input.mapping)
    _ = try await patience.repeating("report handled") {
      try await clients.dispatch.reportHandled(ReportHandledRequest(command: handled))
    }
    return try await patience.repeating("close") { try await clients.dispatch.closeCase(CloseCaseRequest(command: closed)).position }
  }

  /// The service understood and said no; repeating does not help.
  private static func isRefusal(_ code: StatusCode) -> Bool {
    switch code {
    case .failedPrecondition, .invalidArgument, .notFound, .alreadyExists, .outOfRange: true
    default: false
    }
  }
}
