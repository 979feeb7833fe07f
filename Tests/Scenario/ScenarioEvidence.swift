import CommonAPI
import DispatchAPI
import EvaluationAPI
import EventsAPI
import FeedbackAPI
import IntakeAPI
import Wire

/// Everything that the auditor sees: answers of public RPCs and the services' logs.
struct ScenarioEvidence: Sendable {
  /// intake's log.
  var received: [ReportReceived] = []
  var filed: [CaseFiled] = []
  /// dispatch's log.
  var changes: [CaseChanged] = []
  /// dispatch's cases with their histories, by id.
  var cases: [[UInt8]: GetCaseResponse] = [:]
  var standards: [FilingStandard] = []
  /// What feedback tells the reporter, by the source's number.
  var progress: [String: Progress] = [:]
  /// evaluation's counts by indicator.
  var figures: [String: Int64] = [:]

  static func collect(from city: ScenarioCity, _ ledger: ScenarioLedger) async throws -> ScenarioEvidence {
    var evidence = ScenarioEvidence()
    for body in try await log(of: .intake, city) {
      switch try IntakeEvent(decoding: body).fact {
      case .reportReceived(let report): evidence.received.append(report)
      case .caseFiled(let filed): evidence.filed.append(filed)
      default: break
      }
    }
    for body in try await log(of: .dispatch, city) {
      if case .caseChanged(let change) = try DispatchEvent(decoding: body).fact { evidence.changes.append(change) }
    }
    let dispatch = DispatchClient(try city.channel(.dispatch))
    var token = ""
    repeat {
      let page = try await dispatch.listCases(ListCasesRequest(page: Page(size: 100, token: token)))
      for item in page.cases { evidence.cases[item.id] = try await dispatch.getCase(GetCaseRequest(caseId: item.id)) }
      token = page.nextPageToken
    } while !token.isEmpty
    evidence.standards = try await IntakeClient(try city.channel(.intake)).listFilingStandards(ListFilingStandardsRequest()).standards
    let feedback = FeedbackClient(try city.channel(.feedback))
    for (reference, answers) in ledger.answers {
      guard let answer = answers.first, !answer.caseNumber.isEmpty else { continue }
      evidence.progress[reference] = try await feedback.getProgress(
        FollowRequest(number: answer.caseNumber, trackingToken: answer.trackingToken))
    }
    let indicators = ["requests", "closed", "cancelled"]
    let answer = try await EvaluationClient(try city.channel(.evaluation)).getIndicators(GetIndicatorsRequest(indicators: indicators))
    for figure in answer.rows.flatMap(\.figures) { evidence.figures[figure.indicator, default: 0] += figure.numerator }
    return evidence
  }

  private static func log(of member: Member, _ city: ScenarioCity) async throws -> [[UInt8]] {
    var bodies: [[UInt8]] = []
    try await EventsClient(try city.channel(member)).subscribe(SubscribeRequest()) { bodies += $0.events.map(\.body) }
    return bodies
  }
}
