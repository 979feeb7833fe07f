/// Names that others rely on.
enum IntakeKeys {
  static let reportReceived = "intake.report_received"
  static let caseFiled = "intake.case_filed"
  static let reportLinked = "intake.report_linked"
  static let reportUnlinked = "intake.report_unlinked"
  static let reportRejected = "intake.report_rejected"
  static let reportPlaced = "intake.report_placed"

  /// Dispatch's events that open and close cases.
  static let caseChanged = "dispatch.case_changed"

  /// The channel that tells the other replicas that divisions, codes or standards have changed.
  static let referenceChannel = "intake_reference"
}
