internal import CLibpq

/// What went wrong in the database or on the way to it. It names conditions and constraints and never carries the values of rows: DETAIL
/// is not kept at all, and the message only for the classes of conditions where it speaks of the statement and not of the data.
public struct PostgresError: Error, Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// PostgreSQL refused the statement.
    case server
    /// The connection broke. Whether a statement that was under way has taken effect is not known.
    case connectionLost
    /// No connection could be made.
    case connectFailed
    /// No connection became free in time, or too many callers wait.
    case overloaded
    /// The database was closed by us.
    case closed
    /// A column holds something other than what the program reads.
    case decoding
    /// Migrations do not fit the schema.
    case migration
  }

  public let kind: Kind
  public let sqlState: SQLState?
  public let constraint: String?
  public let table: String?
  public let column: String?
  /// Nil when it might hold data.
  public let message: String?

  init(
    _ kind: Kind, _ message: String?, sqlState: SQLState? = nil, constraint: String? = nil, table: String? = nil, column: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.sqlState = sqlState
    self.constraint = constraint
    self.table = table
    self.column = column
  }

  static func decoding(_ message: String) -> PostgresError { PostgresError(.decoding, message) }

  /// The statements may have taken effect or not.
  public var isConnectionLost: Bool { kind == .connectionLost }

  /// The same work may succeed when it is tried again.
  public var isTransient: Bool {
    switch kind {
    case .connectionLost, .connectFailed, .overloaded: true
    case .server: sqlState.map { SQLState.transient.contains($0) } ?? false
    case .closed, .decoding, .migration: false
    }
  }

  /// The statement text is prepared for a schema that has changed since, or not known to this connection: preparing it anew helps.
  var isStaleStatement: Bool { sqlState == .invalidStatementName || sqlState == .featureNotSupported }
}

extension PostgresError: CustomStringConvertible {
  public var description: String {
    var text = "PostgreSQL: \(kind)"
    if let sqlState { text += " \(sqlState.rawValue)" }
    if let constraint { text += " constraint \(constraint)" }
    if let table { text += " table \(table)" }
    if let column { text += " column \(column)" }
    if let message { text += ": \(message)" }
    return text
  }
}

/// The five characters of a condition (PostgreSQL manual, appendix A).
public struct SQLState: RawRepresentable, Hashable, Sendable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  public static let featureNotSupported = SQLState(rawValue: "0A000")
  public static let notNullViolation = SQLState(rawValue: "23502")
  public static let uniqueViolation = SQLState(rawValue: "23505")
  public static let checkViolation = SQLState(rawValue: "23514")
  public static let inFailedTransaction = SQLState(rawValue: "25P02")
  public static let invalidStatementName = SQLState(rawValue: "26000")
  public static let unknownDatabase = SQLState(rawValue: "3D000")
  public static let serializationFailure = SQLState(rawValue: "40001")
  public static let deadlockDetected = SQLState(rawValue: "40P01")
  public static let undefinedTable = SQLState(rawValue: "42P01")
  public static let tooManyConnections = SQLState(rawValue: "53300")
  public static let lockNotAvailable = SQLState(rawValue: "55P03")
  public static let adminShutdown = SQLState(rawValue: "57P01")
  public static let crashShutdown = SQLState(rawValue: "57P02")
  public static let cannotConnectNow = SQLState(rawValue: "57P03")

  static let transient: Set<SQLState> = [
    serializationFailure, deadlockDetected, tooManyConnections, lockNotAvailable, adminShutdown, crashShutdown, cannotConnectNow,
    invalidStatementName,
  ]

  /// The first two characters.
  var conditionClass: String { String(rawValue.prefix(2)) }

  /// Conditions whose message speaks of statements and servers, not of values. Data exceptions (22), constraints (23), and what functions
  /// raise by themselves (P0) are not among them.
  private static let harmlessClasses: Set<String> = [
    "08", "0A", "25", "26", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58", "XX",
  ]

  var messageIsHarmless: Bool { Self.harmlessClasses.contains(conditionClass) }
}

extension PostgresError {
  /// What a failed result says. A FATAL error ends the connection with it.
  init(result: OpaquePointer) {
    func field(_ code: Character) -> String? {
      PQresultErrorField(result, Int32(code.asciiValue!)).map { String(cString: $0) }
    }
    let state = field("C").map(SQLState.init(rawValue:))
    let severity = field("V") ?? field("S")
    let lost = severity == "FATAL" || severity == "PANIC" || state == nil
    let message = state?.messageIsHarmless ?? true ? field("M") : nil
    self.init(
      lost ? .connectionLost : .server, message, sqlState: state, constraint: field("n"), table: field("t"), column: field("c"))
  }

  /// What libpq says of a broken connection: about sockets and servers, never about rows.
  static func lost(_ connection: OpaquePointer?) -> PostgresError {
    PostgresError(.connectionLost, Self.message(of: connection))
  }

  static func message(of connection: OpaquePointer?) -> String {
    guard let connection else { return "the connection is closed" }
    let lines = String(cString: PQerrorMessage(connection)).split(separator: "\n")
    return lines.filter { !$0.hasPrefix("LOCATION:") }.joined(separator: "; ")
  }

  /// Why a connection did not come to stand. The server's refusal reads `… FATAL:  28000: role "x" does not exist`.
  static func refused(_ connection: OpaquePointer?) -> PostgresError {
    let text = message(of: connection)
    var state: SQLState?
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    if let severity = parts.firstIndex(of: "FATAL:"), parts.index(after: severity) < parts.endIndex {
      let word = parts[severity + 1]
      if word.utf8.count == 6, word.hasSuffix(":") { state = SQLState(rawValue: String(word.dropLast())) }
    }
    return PostgresError(.connectFailed, text, sqlState: state)
  }
}
