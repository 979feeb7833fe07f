internal import CityModel
internal import CommonAPI
internal import DispatchDomain
internal import Events
internal import IntakeAPI
internal import NodeKit
internal import Wire

/// What intake tells that matters to a case.
enum IntakeNews: Sendable {
  case filed(Filing)
  /// A further report joined, or one left.
  case reports(Identifier, DispatchDomain.Command)
  /// A report was turned down; `wasLast` when the case has none any more.
  case rejected(Identifier, DispatchDomain.Command, wasLast: Bool)
  case placed(Identifier, CityModel.Place, DispatchDomain.Actor, Instant)

  static let types = [
    "intake.case_filed", "intake.report_linked", "intake.report_unlinked", "intake.report_rejected", "intake.report_placed",
  ]

  /// Nil when it concerns no case: a report that never had one, or a kind of fact that a newer intake tells.
  /// - Throws: `FactProblem`, `WireError` when it can't be read.
  init?(_ event: RecordedEvent) throws {
    switch try IntakeEvent(decoding: event.body).fact {
    case .caseFiled(let wire): self = .filed(try Filing(wire, at: event.occurredAt))
    case .reportLinked(let wire):
      let command = DispatchDomain.Command(
        .linkReport, by: .intakeService, at: event.occurredAt, reason: wire.reason, reasonEnglish: wire.reasonEn)
      self = .reports(try Identifier(inFact: wire.caseId), command)
    case .reportUnlinked(let wire):
      self = .reports(try Identifier(inFact: wire.caseId), Self.leaving(wire.actor, wire.reason, event))
    case .reportRejected(let wire):
      guard !wire.caseId.isEmpty else { return nil }
      self = .rejected(
        try Identifier(inFact: wire.caseId), Self.leaving(wire.actor, wire.reason, event), wasLast: wire.caseIsEmpty)
    case .reportPlaced(let wire):
      guard !wire.caseId.isEmpty else { return nil }
      self = .placed(
        try Identifier(inFact: wire.caseId), CityModel.Place(wire.place), DispatchDomain.Actor(of: wire.actor), event.occurredAt)
    case .reportReceived, nil: return nil
    }
  }

  /// The case that it is about.
  var caseID: Identifier {
    switch self {
    case .filed(let filing): filing.id
    case .reports(let id, _), .rejected(let id, _, _), .placed(let id, _, _, _): id
    }
  }

  private static func leaving(_ actor: CommonAPI.Actor?, _ reason: String, _ event: RecordedEvent) -> DispatchDomain.Command {
    DispatchDomain.Command(.unlinkReport, by: DispatchDomain.Actor(of: actor), at: event.occurredAt, reason: reason)
  }
}

extension DispatchDomain.Actor {
  /// A role that this build does not know counts as an acceptor's: intake has accepted the command.
  init(of wire: CommonAPI.Actor?) {
    guard let wire else {
      self = .intakeService
      return
    }
    self.init(id: wire.id, role: Role(rawValue: wire.role) ?? .acceptor, name: wire.name)
  }
}

extension Filing {
  init(_ wire: CaseFiled, at filedAt: Instant) throws(FactProblem) {
    let id = try Identifier(inFact: wire.caseId)
    guard !wire.number.isEmpty else { throw FactProblem("a case without a number") }
    let standard = wire.standard ?? IntakeAPI.FilingStandard()
    var limit: HandlingLimit?
    if standard.limit > 0 {
      // Without its clock the case would have no deadline at all.
      guard let unit = LimitUnit(rawValue: standard.unit.rawValue) else {
        throw FactProblem("a limit on the clock \(standard.unit.rawValue)")
      }
      limit = HandlingLimit(standard.limit, unit)
    }
    self.init(
      id: id, number: wire.number, channel: wire.channel.rawValue, kind: wire.kind, kindName: wire.kindName,
      kindNameEnglish: wire.kindNameEn, text: wire.text, place: CityModel.Place(wire.place), unplaced: wire.unplaced,
      standard: DispatchDomain.FilingStandard(
        id: standard.id, version: standard.version, limit: limit, checkRequired: standard.checkRequired),
      due: wire.dueAtUs.map(Instant.init(microseconds:)), ownerDepartment: wire.ownerDepartment, ownerCrew: wire.ownerCrew,
      urgent: wire.urgent || standard.urgent, duplicateOf: Identifier(bytes: wire.duplicateOf), externalRef: wire.externalRef,
      filedAt: filedAt)
  }
}
