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
  /// - Throws: `FeedbackRefusal.unknownDelivery`: whoever asks for a state that there is not would take the rest for an answer.
  static func all(in wire: [DeliveryState]) throws(FeedbackRefusal) -> [Self] {
    var states: [Self] = []
    for state in wire {
      switch state {
      case .pending: states.append(.pending)
      case .delivered: states.append(.delivered)
      case .failed: states.append(.failed)
      case .unspecified, .unrecognized: throw .unknownDelivery
      }
    }
    return states
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
