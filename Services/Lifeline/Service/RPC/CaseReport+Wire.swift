internal import CityModel
internal import CommonAPI
internal import IntakeAPI
internal import LifelineDomain
internal import NodeKit

extension SubmitReportRequest {
  /// What intake is told of an alarm. The same at every attempt. Every alarm has a case of its own, be it next to another one: what a
  /// second sensor says must not disappear in a case that somebody is about to close.
  ///
  /// - Parameters:
  ///   - place: the sensor's, or its asset's.
  ///   - occurredAt: nil for now.
  ///   - refusals: how often intake has said for good that it opens no case; it is asked anew under another key.
  init(
    _ alarm: LifelineDomain.Alarm, of sensor: LifelineDomain.Sensor, at place: CityModel.Place, readings: String, occurredAt: Instant?,
    refusals: Int32
  ) {
    self.init(
      idempotencyKey: LifelineKeys.caseKey(alarm.id, refusals: refusals), channel: .sensor, kind: sensor.caseKind, text: alarm.evidence,
      place: place.wire,
      evidence: [Evidence(kind: "readings", content: readings.isEmpty ? alarm.evidence : readings)],
      occurredAtUs: occurredAt?.microseconds ?? 0, externalRef: "\(alarm.id)",
      keepSeparate: true, urgent: true)
  }
}
