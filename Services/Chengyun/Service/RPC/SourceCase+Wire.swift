internal import ChengyunDomain
internal import CityModel
internal import CommonAPI
internal import DispatchAPI
internal import IntakeAPI
internal import NodeKit

extension SourceCase {
  /// What the reporter said then, as a report now.
  func report(_ mapping: Mapping) -> SubmitReportRequest {
    var request = SubmitReportRequest()
    request.idempotencyKey = key("report", mapping)
    request.channel = IntakeAPI.Channel(rawValue: channel.rawValue)
    request.kind = kind
    request.text = text
    request.place = place.wire
    if !reporterName.isEmpty || !reporterPhone.isEmpty { request.reporter = Reporter(name: reporterName, phone: reporterPhone) }
    if let coordinateDoubt { request.evidence = [Evidence(kind: "document", content: "not used: \(coordinateDoubt)")] }
    request.occurredAtUs = created.microseconds
    request.externalRef = id
    request.ownerDepartment = owner
    request.ownerCrew = owner.isEmpty ? "" : crew
    request.dueAtUs = due?.microseconds
    request.keepSeparate = mapping.keepDuplicatesApart
    return request
  }

  /// A command on its case at the data's own time. The time may lie before the report: the source is kept as it is.
  func command(_ action: String, caseID: Identifier, reason: String, _ mapping: Mapping) -> CaseCommand {
    let byCrew = action == "handled" && !(owner.isEmpty && crew.isEmpty)
    let handler = crew.isEmpty ? owner : crew
    let actor =
      byCrew
      ? CommonAPI.Actor(id: handler, role: crew.isEmpty ? "department" : "crew", name: handler)
      : CommonAPI.Actor(id: "replay:\(mapping.source)", role: "operator", name: mapping.source)
    return CaseCommand(
      idempotencyKey: key(action, mapping), caseId: caseID.bytes, actor: actor, occurredAtUs: (ended ?? created).microseconds,
      reason: reason)
  }

  /// What the source says of the end.
  func endNote(_ mapping: Mapping) -> String {
    let status = "“\(status)” in \(mapping.source)"
    return note.isEmpty ? status : "\(note) (\(status))"
  }

  private func key(_ action: String, _ mapping: Mapping) -> String { "\(mapping.source):\(id):\(action)" }
}
