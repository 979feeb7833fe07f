internal import ChengyunDomain
internal import CityModel
internal import CommonAPI
internal import DispatchAPI
internal import FeedbackAPI
internal import IntakeAPI
internal import NodeKit
internal import RPC

/// Gathers one case's story from dispatch (its history), intake (its reports) and feedback (what was said to the reporters).
struct StoryQuery: Sendable {
  /// Reports and messages that are told one by one.
  private static let reportLimit: Int32 = 100
  private static let messageLimit: Int32 = 200

  let clients: NodeClients

  func story(of number: String) async throws -> CaseStory {
    let answer = try await find(number)
    guard let file = answer.caseFile else { throw CommandFailure(.failed, "there is no case \(number)") }
    let reports = try await reports(of: file)
    let messages = try await messages(of: file)
    let names = try await StoryNames(clients)
    let place = CityModel.Place(file.place)
    return CaseStory(
      number: file.number, state: StateWord(rawValue: file.state.rawValue) ?? .unknown,
      kind: StoryText(file.kindName.isEmpty ? file.kind : file.kindName, file.kindNameEn), place: place,
      divisions: names.divisions(of: place), unplaced: file.unplaced, filedAt: Instant(microseconds: file.filedAtUs),
      due: file.dueAtUs.map { Instant(microseconds: $0) },
      dueExplanation: StoryText(file.dueExplanation, file.dueExplanationEn),
      standard: [file.standardId, file.standardVersion].filter { !$0.isEmpty }.joined(separator: " "), overdue: file.overdue,
      duplicateOf: await original(of: file), reports: reports, furtherReports: max(0, Int(file.reportCount) - reports.count),
      facts: answer.history.map { fact($0, names) }, messages: messages.told, hasFurtherMessages: messages.hasMore)
  }

  /// By the platform's number where it is one, else by the source's.
  private func find(_ number: String) async throws -> GetCaseResponse {
    let request = CaseNumber(parsing: number) != nil ? GetCaseRequest(number: number) : GetCaseRequest(externalRef: number)
    do {
      return try await clients.dispatch.getCase(request)
    } catch let error as RPCError where error.code == .notFound {
      throw CommandFailure(.failed, "there is no case \(number)")
    }
  }

  /// The number of the case that it repeats.
  private func original(of file: Case) async -> String? {
    guard !file.duplicateOf.isEmpty else { return nil }
    return try? await clients.dispatch.getCase(GetCaseRequest(caseId: file.duplicateOf)).caseFile?.number
  }

  private func reports(of file: Case) async throws -> [CaseStory.Report] {
    let answer = try await clients.intake.listReports(ListReportsRequest(caseId: file.id, page: Page(size: Self.reportLimit)))
    return answer.reports.map { report in
      CaseStory.Report(
        at: Instant(microseconds: report.occurredAtUs), channel: "\(report.channel)", text: Self.text(of: report),
        externalRef: report.externalRef,
        reporter: [report.reporter?.name ?? "", report.reporter?.phone ?? ""].filter { !$0.isEmpty }.joined(separator: " "),
        duplicateReason: StoryText(report.duplicateReason, report.duplicateReasonEn),
        unplacedReason: StoryText(report.unplacedReason, report.unplacedReasonEn), evidence: report.evidence.map(\.content))
    }
  }

  /// An alarm says it in both languages, a line each; people's own words stay as they are.
  private static func text(of report: Report) -> StoryText {
    let lines = report.text.split(separator: "\n", omittingEmptySubsequences: false)
    guard report.channel == .sensor, lines.count == 2 else { return StoryText(report.text) }
    return StoryText(String(lines[0]), String(lines[1]))
  }

  private func messages(of file: Case) async throws -> (told: [CaseStory.Message], hasMore: Bool) {
    let answer = try await clients.feedback.listNotifications(
      ListNotificationsRequest(number: file.number, page: Page(size: Self.messageLimit)))
    let told = answer.notifications.compactMap { notification -> CaseStory.Message? in
      guard let milestone = notification.milestone else { return nil }
      return CaseStory.Message(
        at: Instant(microseconds: milestone.occurredAtUs), text: StoryText(milestone.textZh, milestone.textEn),
        delivered: notification.state == .delivered)
    }
    return (told, !answer.nextPageToken.isEmpty)
  }

  private func fact(_ fact: CaseFact, _ names: StoryNames) -> CaseStory.Fact {
    // A service's name is Chinese; its id is the English word.
    let actor = fact.actor.map { StoryText($0.name.isEmpty ? $0.id : $0.name, $0.role == "system" ? $0.id : "") } ?? StoryText("")
    return CaseStory.Fact(
      kind: FactWord(rawValue: fact.kind.rawValue) ?? .unknown, at: Instant(microseconds: fact.occurredAtUs), actor: actor,
      reason: StoryText(fact.reason, fact.reasonEn),
      department: names.department(fact.department), crew: names.crew(fact.crew, of: fact.department), outOfOrder: fact.outOfOrder)
  }
}
