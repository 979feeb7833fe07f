internal import CityModel
internal import CommonAPI
internal import IntakeAPI
internal import LifelineDomain

extension SubmitReportRequest {
  /// What intake is told of an alarm. The same at every attempt.
  ///
  /// - Parameters:
  ///   - place: the sensor's, or its asset's.
  ///   - occurredAt: nil for now.
  init(_ alarm: LifelineDomain.Alarm, of sensor: LifelineDomain.Sensor, at place: CityModel.Place, readings: String, occurredAt: Instant?) {
    self.init(
      idempotencyKey: LifelineKeys.caseKey(alarm.id), channel: .sensor, kind: sensor.caseKind, text: alarm.evidence, place: place.wire,
      evidence: [Evidence(kind: "readings", content: readings.isEmpty ? alarm.evidence : readings)],
      occurredAtUs: occurredAt?.microseconds ?? 0, externalRef: "\(alarm.id)", urgent: true)
  }
}
