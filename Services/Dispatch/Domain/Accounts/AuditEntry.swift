public import CityModel

/// Who did what, on what, from where. Appended, never changed.
public struct AuditEntry: Sendable, Hashable {
  public enum Result: Int16, Sendable, Hashable, CaseIterable {
    case done = 1
    case refused = 2
    case failed = 3
  }

  /// What services write down themselves. The console adds words of its own.
  public enum Action: String, Sendable, Hashable, CaseIterable {
    case signIn = "sign_in"
    case signOut = "sign_out"
    case passwordChanged = "password_changed"
    case secondFactorBegun = "second_factor_begun"
    case secondFactorEnrolled = "second_factor_enrolled"
    case userCreated = "user_created"
    case userChanged = "user_changed"
    case passwordReset = "password_reset"
    case sessionRevoked = "session_revoked"
  }

  public var at: Instant
  public var who: AuditedPerson
  public var action: String
  public var target: String
  public var result: Result
  public var detail: String
  public var origin: SignInOrigin

  public init(
    at: Instant, who: AuditedPerson, action: String, target: String = "", result: Result = .done, detail: String = "",
    origin: SignInOrigin = SignInOrigin()
  ) {
    self.at = at
    self.who = who
    self.action = action
    self.target = String(target.unicodeScalars.prefix(Self.longestTarget))
    self.result = result
    self.detail = String(detail.unicodeScalars.prefix(Self.longestDetail))
    self.origin = origin
  }

  public static let longestTarget = 200
  public static let longestDetail = 500
  public static let longestAction = 60

  /// A word of a-z and _.
  public static func isAction(_ text: String) -> Bool {
    (1...longestAction).contains(text.utf8.count) && text.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x5f }
  }
}

/// Who did something, as the audit list says it: also after the account is gone from use.
public struct AuditedPerson: Sendable, Hashable {
  /// nil when nobody was signed in, or the operator acted.
  public var id: Identifier?
  public var name: String
  public var session: Identifier?

  public init(id: Identifier? = nil, name: String, session: Identifier? = nil) {
    self.id = id
    self.name = name
    self.session = session
  }
}

/// Where a request came from, as the console saw it. Cut to what is kept; control characters become blanks.
public struct SignInOrigin: Sendable, Hashable {
  public let address: String
  public let userAgent: String

  public static let longestAddress = 64
  public static let longestUserAgent = 300

  public init(address: String = "", userAgent: String = "") {
    self.address = Self.kept(address, Self.longestAddress)
    self.userAgent = Self.kept(userAgent, Self.longestUserAgent)
  }

  private static func kept(_ text: String, _ limit: Int) -> String {
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) { kept.append(scalar.value < 0x20 || scalar.value == 0x7f ? " " : scalar) }
    return String(kept)
  }
}
