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
  let clients: NodeClients

  func story(of number: String) async throws -> CaseStory {
    let answer = try await find(number)
    guard let file = answer.caseFile else { throw CommandFailure(.failed, "there is no case \(number)") }
    let reports = try await reports(of: file)
    let messages = try await messages(of: file)
    return CaseStory(
      number: file.number, state: StateWord(rawValue: file.state.rawValue) ?? .unknown,
      kind: StoryText(file.kindName.isEmpty ? file.kind : file.kindName, file.kindNameEn), place: CityModel.Place(file.place),
      unplaced: file.unplaced,
      filedAt: Instant(microseconds: file.filedAtUs), due: file.dueAtUs.map { Instant(microseconds: $0) },
      dueExplanation: StoryText(file.dueExplanation, file.dueExplanationEn), overdue: file.overdue, duplicateOf: await original(of: file),
      reports: reports,
      facts: answer.history.map(fact), messages: messages)
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
    let answer = try await clients.intake.listReports(ListReportsRequest(caseId: file.id, page: Page(size: 100)))
    return answer.reports.map { report in
      CaseStory.Report(
        at: Instant(microseconds: report.occurredAtUs), channel: "\(report.channel)", text: report.text, externalRef: report.externalRef,
        reporter: [report.reporter?.name ?? "", report.reporter?.phone ?? ""].filter { !$0.isEmpty }.joined(separator: " "),
        duplicateReason: StoryText(report.duplicateReason, report.duplicateReasonEn),
        unplacedReason: StoryText(report.unplacedReason, report.unplacedReasonEn), evidence: report.evidence.map(\.content))
    }
  }

  private func messages(of file: Case) async throws -> [CaseStory.Message] {
    let answer = try await clients.feedback.listNotifications(ListNotificationsRequest(number: file.number, page: Page(size: 200)))
    return answer.notifications.compactMap { notification in
      guard let milestone = notification.milestone else { return nil }
      return CaseStory.Message(
        at: Instant(microseconds: milestone.occurredAtUs), text: StoryText(milestone.textZh, milestone.textEn),
        delivered: notification.state == .delivered)
    }
  }

  private func fact(_ fact: CaseFact) -> CaseStory.Fact {
    // A service's name is Chinese; its id is the English word.
    let actor = fact.actor.map { StoryText($0.name.isEmpty ? $0.id : $0.name, $0.role == "system" ? $0.id : "") } ?? StoryText("")
    return CaseStory.Fact(
      kind: FactWord(rawValue: fact.kind.rawValue) ?? .unknown, at: Instant(microseconds: fact.occurredAtUs), actor: actor,
      reason: StoryText(fact.reason, fact.reasonEn),
      department: fact.department, crew: fact.crew, outOfOrder: fact.outOfOrder)
  }
}
