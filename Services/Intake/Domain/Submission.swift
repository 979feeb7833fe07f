public import CityModel

/// What somebody reports, as it came in: nothing in it is checked yet.
public struct Submission: Sendable, Hashable {
  public var idempotencyKey = ""
  /// The channel's number in the contract.
  public var channel: Int32 = 0
  public var kind = ""
  public var text = ""
  public var place = Place()
  public var reporterName = ""
  public var reporterPhone = ""
  public var evidence: [Evidence] = []
  /// Nil: now.
  public var occurredAt: Instant?
  public var externalRef = ""
  public var ownerDepartment = ""
  public var ownerCrew = ""
  public var dueAt: Instant?
  public var keepSeparate = false
  public var urgent = false

  public init() {}

  /// Nothing in it that only staff decide.
  public var isAsCitizensMakeThem: Bool {
    ownerDepartment.isEmpty && ownerCrew.isEmpty && dueAt == nil && externalRef.isEmpty && !keepSeparate && !urgent
  }
}

/// What proves a report: a photo, a video, a reading.
public struct Evidence: Sendable, Hashable {
  public let kind: String
  public let content: String

  public init(kind: String, content: String) {
    self.kind = kind
    self.content = content
  }
}

/// Who calls, as far as intake's rules care.
public struct Caller: Sendable, Hashable {
  /// May say when a report was made.
  public let mayNameTime: Bool
  /// Somebody at the console who is not signed in as one who takes reports in.
  public let isVisitor: Bool

  public init(mayNameTime: Bool, isVisitor: Bool = false) {
    self.mayNameTime = mayNameTime
    self.isVisitor = isVisitor
  }
}
