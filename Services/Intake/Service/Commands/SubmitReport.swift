internal import CityModel
internal import Cryptography
internal import Events
internal import IntakeDomain
internal import NodeKit
internal import Reactor

/// A report comes in: it is checked, placed and sealed here, then filed together with the others that came in at the same time.
struct SubmitReport: Sendable {
  static let method = "/chengyun.intake.v1.Intake/SubmitReport"

  let book: ReferenceBook
  let clock: any CityClock
  let cipher: FieldCipher
  let queue: ReactorLocal<FilingQueue>

  /// - Parameter request: The encoded request, to tell a repetition from another request under the same key.
  /// - Throws: `Refusal`, `FilingOverload`, `PostgresError`.
  func callAsFunction(_ submission: Submission, by caller: Caller, request: [UInt8]) async throws -> FilingAnswer {
    try await queue.value.file(prepare(submission, by: caller, request: request))
  }

  /// Everything that needs no database.
  func prepare(_ submission: Submission, by caller: Caller, request: [UInt8]) throws(Refusal) -> PreparedReport {
    let channel = try submission.validated(for: caller)
    let now = clock.now()
    let occurredAt = submission.occurredAt ?? now
    let reference = book.current
    let (kind, version) = try reference.codes.kind(submission.kind, at: occurredAt, byVisitor: caller.isVisitor)
    let placement = reference.divisions.place(submission.place)
    var random = SecureRandomNumberGenerator()
    let id = Identifier.v7(at: now, random: &random)
    let filing = FilingRequest(
      kind: kind, point: placement.place.point, occurredAt: occurredAt, keepSeparate: submission.keepSeparate,
      standard: reference.standards.standard(for: kind.code, urgent: submission.urgent, at: occurredAt),
      caseID: Identifier.v7(at: now, random: &random))
    return PreparedReport(
      command: Command(key: submission.idempotencyKey, method: Self.method, request: request), id: id, channel: channel,
      kindVersion: version, submission: submission, placement: placement, occurredAt: occurredAt,
      sealedName: seal(submission.reporterName, SealedField.reporterName(of: id)),
      sealedPhone: seal(submission.reporterPhone, SealedField.reporterPhone(of: id)), filing: filing)
  }

  private func seal(_ value: String, _ context: String) -> [UInt8] {
    value.isEmpty ? [] : cipher.seal(value, context: context)
  }
}
