public import CityModel

/// Limits of one report. They protect the database and the people who read; each is refused with its own sentence.
public enum SubmissionLimits {
  /// Characters of an idempotency key: 1 to 200.
  public static let key = 200
  public static let text = 4_000
  public static let address = 500
  public static let reporterName = 100
  public static let reporterPhone = 40
  public static let evidence = 20
  public static let evidenceKind = 50
  public static let evidenceContent = 4_000
  /// Codes, foreign numbers, names of departments and crews.
  public static let reference = 200
  /// Reports of one stream.
  public static let reportsPerStream = 10_000
  /// Times that a source may name.
  public static let times = Instant.epoch..<Instant(seconds: 4_102_444_800)
}

extension Submission {
  /// Checks everything that needs no table.
  /// - Returns: the channel.
  /// - Throws: the first refusal, in the order of the contract's fields.
  public func validated(for caller: Caller) throws(Refusal) -> Channel {
    guard !idempotencyKey.isEmpty else { throw .missing(.idempotencyKey) }
    try Self.check(idempotencyKey, .idempotencyKey, SubmissionLimits.key)
    guard channel != 0 else { throw .missing(.channel) }
    guard let known = Int16(exactly: channel).flatMap(Channel.init(rawValue:)) else { throw .unknownChannel(channel) }
    guard !kind.isEmpty else { throw .missing(.kind) }
    try Self.check(kind, .kind, SubmissionLimits.reference)
    try Self.check(text, .text, SubmissionLimits.text)
    try place.check()
    try Self.check(reporterName, .reporterName, SubmissionLimits.reporterName)
    try Self.check(reporterPhone, .reporterPhone, SubmissionLimits.reporterPhone)
    guard evidence.count <= SubmissionLimits.evidence else { throw .tooMuchEvidence(evidence.count) }
    for item in evidence {
      try Self.check(item.kind, .evidence, SubmissionLimits.evidenceKind)
      try Self.check(item.content, .evidence, SubmissionLimits.evidenceContent)
    }
    if let occurredAt {
      guard caller.mayNameTime else { throw .mayNotNameTime }
      guard SubmissionLimits.times.contains(occurredAt) else { throw .timeOutOfRange(.occurredAt) }
    }
    try Self.check(externalRef, .externalRef, SubmissionLimits.reference)
    try Self.check(ownerDepartment, .owner, SubmissionLimits.reference)
    try Self.check(ownerCrew, .owner, SubmissionLimits.reference)
    if let dueAt, !SubmissionLimits.times.contains(dueAt) { throw .timeOutOfRange(.dueAt) }
    return known
  }

  /// At most so many characters, and no NUL, which PostgreSQL's text cannot hold.
  public static func check(_ value: String, _ field: Field, _ limit: Int) throws(Refusal) {
    // A character has at least one byte and the count of bytes is known: most values need no walk.
    if value.utf8.count > limit, value.unicodeScalars.count > limit { throw .tooLong(field, limit: limit) }
    if value.utf8.contains(0) { throw .containsNul(field) }
  }
}

extension Place {
  /// - Throws: a refusal when a text of the place is too long. A point anywhere is accepted: it makes the report unplaced.
  public func check() throws(Refusal) {
    try Submission.check(address, .address, SubmissionLimits.address)
    for code in [districtCode, streetCode, communityCode] { try Submission.check(code, .divisionCode, SubmissionLimits.reference) }
  }
}
