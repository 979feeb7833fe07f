internal import CityModel
internal import FeedbackAPI
internal import FeedbackDomain

extension Progress {
  init(_ view: ReporterView) {
    self.init(
      number: view.number, milestones: view.milestones.map(Milestone.init), canRate: view.followUp.canRate,
      canReopen: view.followUp.canReopen, score: view.followUp.score.map(Int32.init) ?? 0, finished: view.isFinished)
  }
}

extension Milestone {
  init(_ told: ToldMilestone) {
    self.init(
      sequence: told.sequence, kind: FeedbackAPI.MilestoneKind(rawValue: Int32(told.kind.rawValue)), textZh: told.textChinese,
      textEn: told.textEnglish, occurredAtUs: told.occurredAt.microseconds)
  }
}

extension DepartmentResult {
  init(_ score: DepartmentScore) {
    self.init(
      department: score.department, asked: score.asked, answered: score.answered, satisfied: score.satisfied, meanScore: score.meanScore)
  }
}

extension FeedbackAPI.Notification {
  init(_ record: NotificationRecord) {
    let state: DeliveryState =
      switch record.delivery {
      case .pending: .pending
      case .delivered: .delivered
      case .failed: .failed
      }
    self.init(
      reportId: record.report.bytes, number: record.number, milestone: Milestone(record.milestone), state: state,
      transport: record.transport, deliveredAtUs: record.deliveredAt?.microseconds ?? 0)
  }
}

extension NotificationRecord.Delivery {
  init?(_ wire: DeliveryState) {
    switch wire {
    case .pending: self = .pending
    case .delivered: self = .delivered
    case .failed: self = .failed
    case .unspecified, .unrecognized: return nil
    }
  }
}

extension NotificationStore.Cursor {
  init(_ record: NotificationRecord) {
    self.init(at: record.milestone.occurredAt, report: record.report, sequence: record.milestone.sequence)
  }

  var token: String { "\(at.microseconds).\(sequence).\(report)" }

  init?(token: String) throws(FeedbackRefusal) {
    if token.isEmpty { return nil }
    let parts = token.split(separator: ".", maxSplits: 2)
    guard parts.count == 3, let at = Int64(parts[0]), let sequence = Int32(parts[1]), let report = Identifier(String(parts[2])) else {
      throw .badPage
    }
    self.init(at: Instant(microseconds: at), report: report, sequence: sequence)
  }
}
