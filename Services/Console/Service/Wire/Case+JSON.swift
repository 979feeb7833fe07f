internal import CityModel
internal import CommonAPI
internal import ConsoleDomain
internal import DispatchAPI
internal import IntakeAPI

/// Times of an answer in the city's zone.
struct TimeWriter: Sendable {
  let zone: CityTimeZone

  /// Null for 0: "not known".
  func json(_ microseconds: Int64?) -> JSON {
    guard let microseconds, microseconds != 0 else { return .null }
    return .string(TimeText.render(Instant(microseconds: microseconds), in: zone))
  }
}

extension JSON {
  /// An id's 16 bytes as UUID text; null when there is none.
  init(id bytes: [UInt8]) { self = Identifier(bytes: bytes).map { .string($0.description) } ?? .null }

  init(point: Point?) { self = point.map { ["lon": .number($0.longitude), "lat": .number($0.latitude)] } ?? .null }

  init(actor: Actor?) {
    guard let actor else {
      self = .null
      return
    }
    self = ["id": .string(actor.id), "role": .string(actor.role), "name": .string(actor.name)]
  }
}

extension JSON {
  /// A line of a list of cases.
  init(row file: Case, _ time: TimeWriter) {
    let place = file.place
    self = [
      "number": .string(file.number), "id": JSON(id: file.id), "state": .string(Codes.name(file.state, Codes.states)),
      "kind": .string(file.kind), "kind_name": JSON(file.kindName), "kind_name_en": JSON(file.kindNameEn), "text": JSON(file.text),
      "address": JSON(place?.address), "district": JSON(place?.districtCode), "street": JSON(place?.streetCode),
      "community": JSON(place?.communityCode), "department": JSON(file.department), "crew": JSON(file.crew),
      "urgent": .bool(file.urgent), "overdue": .bool(file.overdue), "supervised": .bool(file.supervised),
      "unplaced": .bool(file.unplaced), "filed_at": time.json(file.filedAtUs), "due_at": time.json(file.dueAtUs),
      "ended_at": time.json(file.endedAtUs), "report_count": JSON(file.reportCount), "version": JSON(file.version),
      "point": JSON(point: place?.point),
    ]
  }

  /// Everything about a case that the case itself knows.
  init(file: Case, _ time: TimeWriter) {
    guard case .object(var members) = JSON(row: file, time) else { preconditionFailure("a row is an object") }
    members += [
      .init("channel", .string(Codes.name(.init(rawValue: file.channel), Codes.channels))),
      .init("external_ref", JSON(file.externalRef)), .init("duplicate_of", JSON(id: file.duplicateOf)),
      .init("standard_id", JSON(file.standardId)), .init("standard_version", JSON(file.standardVersion)),
      .init("check_required", .bool(file.checkRequired)), .init("reopen_count", JSON(file.reopenCount)),
      .init("rework_count", JSON(file.reworkCount)), .init("return_count", JSON(file.returnCount)),
      .init("dispatched_at", time.json(file.dispatchedAtUs)), .init("handled_at", time.json(file.handledAtUs)),
      .init("dispatch_due_at", time.json(file.dispatchDueAtUs)), .init("authority", JSON(file.authority)),
    ]
    self = .object(members)
  }

  init(fact: CaseFact, _ time: TimeWriter) {
    self = [
      "version": JSON(fact.version), "kind": .string(Codes.name(fact.kind, Codes.facts)),
      "from": fact.fromState == .unspecified ? .null : .string(Codes.name(fact.fromState, Codes.states)),
      "to": .string(Codes.name(fact.toState, Codes.states)), "actor": JSON(actor: fact.actor), "reason": JSON(fact.reason),
      "reason_en": JSON(fact.reasonEn), "at": time.json(fact.occurredAtUs), "recorded_at": time.json(fact.recordedAtUs),
      "department": JSON(fact.department), "crew": JSON(fact.crew), "due_at": time.json(fact.dueAtUs),
      "due_explanation": JSON(fact.dueExplanation), "due_explanation_en": JSON(fact.dueExplanationEn),
      "evidence": .array(fact.evidence.map { .string($0) }), "authority": JSON(fact.authority), "out_of_order": .bool(fact.outOfOrder),
      "dispatch_reason": JSON(dispatchReason: fact.dispatchReason),
    ]
  }

  init(dispatchReason reason: DispatchReason?) {
    guard let reason else {
      self = .null
      return
    }
    self = [
      "rule": .string(Codes.name(reason.rule, Codes.rules)), "matrix_version": JSON(reason.matrixVersion),
      "matched": reason.matched.map { JSON(responsibility: $0) } ?? .null,
      "alternatives": .array(reason.alternatives.map { JSON(responsibility: $0) }),
    ]
  }

  init(responsibility: Responsibility) {
    self = [
      "kind": JSON(responsibility.kind), "area": JSON(responsibility.areaCode), "department": JSON(responsibility.department),
      "crew": JSON(responsibility.crew),
    ]
  }
}

extension JSON {
  /// `GET /api/cases/{number}`, the reports being those that intake knows, or nil while it is away.
  init(story: GetCaseResponse, reports: JSON?, nowMicroseconds: Int64, _ time: TimeWriter) {
    let file = story.caseFile ?? Case()
    var deadline = JSON.null
    if let due = file.dueAtUs {
      deadline = [
        "due_at": time.json(due), "explanation": JSON(file.dueExplanation), "explanation_en": JSON(file.dueExplanationEn),
        "seconds_left": .integer((due - nowMicroseconds) / 1_000_000),
      ]
    }
    self = [
      "case": JSON(file: file, time), "history": .array(story.history.map { JSON(fact: $0, time) }),
      "reports": reports ?? [], "reports_available": .bool(reports != nil),
      "actions": .array(Self.actionNames(story.actions).map { .string($0.name) }),
      "reason_required": .array(Self.actionNames(story.actions).filter(\.reasonRequired).map { .string($0.name) }),
      "deadline": deadline,
      "dispatch_reason": JSON(dispatchReason: story.history.last { $0.dispatchReason != nil }?.dispatchReason),
    ]
  }

  /// Passing and failing a check are one operation of the API, `check`; a failed one always needs its reason.
  private static func actionNames(_ offered: [OfferedAction]) -> [(name: String, reasonRequired: Bool)] {
    var names: [(String, Bool)] = []
    for offer in offered {
      let isCheck = offer.action == .passCheck || offer.action == .failCheck
      let name = isCheck ? "check" : Codes.name(offer.action, Codes.actions)
      if !names.contains(where: { $0.0 == name }) { names.append((name, !isCheck && offer.reasonRequired)) }
    }
    return names
  }
}
