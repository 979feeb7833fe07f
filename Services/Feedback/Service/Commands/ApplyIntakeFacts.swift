internal import CityModel
internal import CommonAPI
internal import Events
internal import FeedbackDomain
internal import IntakeAPI
internal import NodeKit
internal import Postgres
internal import Wire

/// Takes in who reported what, and answers at once: received, joined, separated, or rejected with the reason. Two round trips a batch,
/// whatever its size.
struct ApplyIntakeFacts: Sendable {
  static let types = ["intake.report_received", "intake.report_unlinked", "intake.report_rejected", "intake.report_placed"]

  let clock: any CityClock
  let tokens: TrackingTokens

  /// - Throws: `UnreadableFact`: the consumer stops there, rather than keep something from a citizen.
  func apply(_ events: [RecordedEvent], in transaction: Transaction) async throws {
    var changes = ReportChanges()
    for event in events {
      guard let news = try event.reading({ try ReportNews($0) }) else { continue }
      if !changes.add(news) {
        try await write(changes, in: transaction)
        changes = ReportChanges()
        _ = changes.add(news)
      }
    }
    try await write(changes, in: transaction)
  }

  private func write(_ changes: ReportChanges, in transaction: Transaction) async throws {
    guard !changes.isEmpty else { return }
    var statements = [ReporterStore.lockCases(changes.cases).announcing(MilestoneStore.channel)]
    var asking: [Int] = []
    if !changes.received.isEmpty {
      statements += ReporterStore.insertReports(changes.received, tokens) + ReporterStore.catchUp(changes.received.map(\.id))
      asking.append(statements.count - 1)
    }
    if !changes.separated.isEmpty {
      statements += [ReporterStore.separate(changes.separated)] + ReporterStore.catchUp(changes.separated.map(\.report))
      asking.append(statements.count - 1)
    }
    if !changes.rejected.isEmpty { statements.append(ReporterStore.reject(changes.rejected)) }
    if !changes.placed.isEmpty { statements.append(ReporterStore.place(changes.placed)) }
    let results = try await transaction.pipeline(statements)
    try await AskedFacts.append(asking.map { results[$0] }, recordedAt: clock.now(), in: transaction)
  }
}

/// What intake tells of one report.
enum ReportNews: Sendable {
  case received(ReportRecord)
  case separated(SeparatedReport)
  case rejected(RejectedReport)
  case placed(PlacedReport)

  /// Nil for a kind of fact that is not known here.
  init?(_ event: RecordedEvent) throws {
    switch try IntakeEvent(decoding: event.body).fact {
    case .reportReceived(let fact)?: self = .received(try ReportRecord(fact, receivedAt: event.occurredAt))
    case .reportUnlinked(let fact)?:
      self = .separated(
        SeparatedReport(
          report: try Identifier(inFact: fact.reportId), from: try Identifier(inFact: fact.caseId),
          to: try Identifier(inFact: fact.newCaseId), number: fact.newCaseNumber, at: event.occurredAt))
    case .reportRejected(let fact)?:
      let caseID = fact.caseId.isEmpty ? nil : try Identifier(inFact: fact.caseId)
      self = .rejected(
        RejectedReport(report: try Identifier(inFact: fact.reportId), from: caseID, reason: fact.reason, at: event.occurredAt))
    case .reportPlaced(let fact)?:
      self = .placed(PlacedReport(report: try Identifier(inFact: fact.reportId), district: fact.place?.districtCode ?? ""))
    default: return nil
    }
  }

  var report: Identifier {
    switch self {
    case .received(let record): record.id
    case .separated(let separated): separated.report
    case .rejected(let rejected): rejected.report
    case .placed(let placed): placed.report
    }
  }

  /// The order in which a group of changes is written.
  var stage: Int {
    switch self {
    case .received: 0
    case .separated: 1
    case .rejected: 2
    case .placed: 3
    }
  }
}

/// Changes of many reports that may be written stage by stage: each report's own changes come in that order.
struct ReportChanges: Sendable {
  private(set) var received: [ReportRecord] = []
  private(set) var separated: [SeparatedReport] = []
  private(set) var rejected: [RejectedReport] = []
  private(set) var placed: [PlacedReport] = []
  private var stages: [Identifier: Int] = [:]

  var isEmpty: Bool { stages.isEmpty }

  /// The cases that a report joins or leaves.
  var cases: [Identifier] {
    received.compactMap(\.caseID) + separated.flatMap { [$0.from, $0.to] } + rejected.compactMap(\.from)
  }

  /// False when the report has a change already that would be written after this one, or with it.
  mutating func add(_ news: ReportNews) -> Bool {
    guard stages[news.report] ?? -1 < news.stage else { return false }
    stages[news.report] = news.stage
    switch news {
    case .received(let record): received.append(record)
    case .separated(let report): separated.append(report)
    case .rejected(let report): rejected.append(report)
    case .placed(let report): placed.append(report)
    }
    return true
  }
}

extension ReportRecord {
  fileprivate init(_ fact: ReportReceived, receivedAt: Instant) throws {
    let kind: MilestoneKind =
      switch fact.state {
      case .filed: .received
      case .linked: .joined
      case .rejected, .notFiled: .rejected
      case .unspecified, .unrecognized: throw FactProblem("a report in state \(fact.state.rawValue)")
      }
    let isOnCase = kind == .received || kind == .joined
    self.init(
      id: try Identifier(inFact: fact.reportId), caseID: isOnCase ? try Identifier(inFact: fact.caseId) : nil, number: fact.caseNumber,
      sealedName: fact.sealedName, sealedPhone: fact.sealedPhone, receivedAt: receivedAt,
      district: fact.place?.districtCode ?? "", first: kind,
      text: MilestoneText(kind, number: fact.caseNumber, reason: Words(fact.reason, fact.reasonEn)))
  }
}
