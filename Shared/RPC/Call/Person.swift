/// The person for whom a call is made, as an authority said it and the server verified it. One object a sign-in, shared by its calls.
public final class Person: Sendable, CustomStringConvertible {
  /// A UUID in lower-case text.
  public let id: String
  /// What the person signs in with, and as colleagues know the person.
  public let name: String
  public let displayName: String
  /// In the order of the account.
  public let roles: [String]
  /// Empty when the account names none.
  public let department: String
  public let crew: String
  public let district: String
  /// The session's id, 16 bytes.
  public let session: [UInt8]

  public init(
    id: String, name: String, displayName: String = "", roles: [String], department: String = "", crew: String = "", district: String = "",
    session: [UInt8] = []
  ) {
    self.id = id
    self.name = name
    self.displayName = displayName
    self.roles = roles
    self.department = department
    self.crew = crew
    self.district = district
    self.session = session
  }

  public var description: String { "\(name) (\(roles.joined(separator: ", ")))" }
}

/// Finds out for whom a call is made, and that it is so.
public protocol PersonVerifier: Sendable {
  /// nil when the call names nobody. Runs on the call's reactor and never waits.
  /// - Throws: `RPCError`, UNAUTHENTICATED, when the call names somebody and that isn't proven.
  func person(of call: CallContext) throws(RPCError) -> Person?
}
