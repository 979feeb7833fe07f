internal import ChengyunDomain
internal import CityModel
internal import CommonAPI
internal import DispatchAPI
internal import FeedbackAPI
internal import IntakeAPI
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
      number: file.number, state: StateWord(rawValue: file.state.rawValue) ?? .unknown, kindZh: file.kindName.isEmpty ? file.kind : file.kindName,
      kindEn: file.kindNameEn.isEmpty ? file.kind : file.kindNameEn, place: CityModel.Place(file.place), unplaced: file.unplaced,
      filedAt: Instant(microseconds: file.filedAtUs), due: file.dueAtUs.map { Instant(microseconds: $0) }, dueExplanation: file.dueExplanation,
      overdue: file.overdue, duplicateOf: file.duplicateOf.isEmpty ? nil : Identifier(bytes: file.duplicateOf)?.description, reports: reports,
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

  private func reports(of file: Case) async throws -> [CaseStory.Report] {
    let answer = try await clients.intake.listReports(ListReportsRequest(caseId: file.id, page: Page(size: 100)))
    return answer.reports.map { report in
      CaseStory.Report(
        at: Instant(microseconds: report.occurredAtUs), channel: "\(report.channel)", text: report.text, externalRef: report.externalRef,
        reporter: [report.reporter?.name ?? "", report.reporter?.phone ?? ""].filter { !$0.isEmpty }.joined(separator: " "),
        duplicateReason: report.duplicateReason, unplacedReason: report.unplacedReason)
    }
  }

  private func messages(of file: Case) async throws -> [CaseStory.Message] {
    let answer = try await clients.feedback.listNotifications(ListNotificationsRequest(number: file.number, page: Page(size: 200)))
    return answer.notifications.compactMap { notification in
      guard let milestone = notification.milestone else { return nil }
      return CaseStory.Message(
        at: Instant(microseconds: milestone.occurredAtUs), zh: milestone.textZh, en: milestone.textEn, delivered: notification.state == .delivered)
    }
  }

  private func fact(_ fact: CaseFact) -> CaseStory.Fact {
    let name = fact.actor.map { $0.name.isEmpty ? $0.id : $0.name } ?? ""
    return CaseStory.Fact(
      kind: FactWord(rawValue: fact.kind.rawValue) ?? .unknown, at: Instant(microseconds: fact.occurredAtUs), actor: name, reason: fact.reason,
      department: fact.department, crew: fact.crew, outOfOrder: fact.outOfOrder)
  }
}
