internal import CommonAPI
internal import ConsoleDomain
internal import IntakeAPI

extension JSON {
  /// A report; its reporter is masked by intake already (138****1234).
  init(report: Report, _ time: TimeWriter) {
    let place = report.place
    var reporter = JSON.null
    if let known = report.reporter, !known.name.isEmpty || !known.phone.isEmpty {
      reporter = ["name": JSON(known.name), "phone": JSON(known.phone)]
    }
    self = [
      "id": JSON(id: report.id), "state": .string(Codes.name(report.state, Codes.reportStates)),
      "channel": .string(Codes.name(report.channel, Codes.channels)), "kind": JSON(report.kind), "text": JSON(report.text),
      "address": JSON(place?.address), "district": JSON(place?.districtCode), "street": JSON(place?.streetCode),
      "community": JSON(place?.communityCode), "point": JSON(point: place?.point), "case_id": JSON(id: report.caseId),
      "case_number": JSON(report.caseNumber), "external_ref": JSON(report.externalRef), "at": time.json(report.occurredAtUs),
      "recorded_at": time.json(report.recordedAtUs), "duplicate_of": JSON(id: report.duplicateOf),
      "duplicate_reason": JSON(report.duplicateReason), "duplicate_reason_en": JSON(report.duplicateReasonEn),
      "unplaced": .bool(report.unplaced), "unplaced_reason": JSON(report.unplacedReason),
      "unplaced_reason_en": JSON(report.unplacedReasonEn), "reason": JSON(report.reason), "reason_en": JSON(report.reasonEn),
      "urgent": .bool(report.urgent), "reporter": reporter, "has_reporter": .bool(report.hasReporter),
      "evidence": .array(report.evidence.map { ["kind": .string($0.kind), "content": .string($0.content)] }),
    ]
  }
}
