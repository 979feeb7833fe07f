internal import CityModel
internal import DispatchDomain
internal import Postgres

/// A session, without its token.
struct SessionRecord: Sendable, Hashable {
  var id: Identifier
  var account: Identifier
  var origin: SignInOrigin
  var startedAt: Instant
  var lastUsedAt: Instant
  var expiresAt: Instant

  var life: SessionLife { SessionLife(lastUsedAt: lastUsedAt, expiresAt: expiresAt) }
}

/// The table `sessions`: what has ended is removed; the audit list remembers.
enum SessionStore {
  private static let columns = "id, account_id, address, user_agent, started_at, last_used_at, expires_at"

  static func insert(_ session: SessionRecord, tokenHash: [UInt8]) -> SQL {
    """
    INSERT INTO sessions (token_hash, \(unsafeLiteral: columns))
    VALUES (\(tokenHash), \(session.id), \(session.account), \(session.origin.address), \(session.origin.userAgent), \(session.startedAt),
      \(session.lastUsedAt), \(session.expiresAt))
    """
  }

  /// The session of a token with its account.
  static func find(tokenHash: [UInt8]) -> SQL {
    """
    SELECT \(unsafeLiteral: columns.split(separator: ", ").map { "s.\($0)" }.joined(separator: ", ")), \(unsafeLiteral: AccountStore.joined)
    FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.token_hash = \(tokenHash)
    """
  }

  static func readWithAccount(_ rows: Rows) throws -> (SessionRecord, AccountRecord)? {
    guard let row = rows.first else { return nil }
    var reader = RowReader(row)
    return (try read(&reader), try AccountStore.read(&reader))
  }

  static func touch(_ id: Identifier, at now: Instant) -> SQL {
    "UPDATE sessions SET last_used_at = \(now) WHERE id = \(id) AND last_used_at < \(now)"
  }

  /// Gives whose it was.
  /// - Parameter account: nil: whosever it is.
  static func end(_ id: Identifier, of account: Identifier? = nil) -> SQL {
    let whose: SQL = account.map { "AND account_id = \($0)" } ?? ""
    return "DELETE FROM sessions WHERE id = \(id) \(fragment: whose) RETURNING account_id"
  }

  static func endAll(of account: Identifier, but kept: Identifier? = nil) -> SQL {
    "DELETE FROM sessions WHERE account_id = \(account) AND id IS DISTINCT FROM \(kept)"
  }

  /// Of those that have ended by themselves so many are removed at a time: 500.
  static let tidied = 500

  /// Those that have ended by themselves, and of one account those beyond the newest so many. Waits for nobody: what somebody has at that
  /// moment is being used or removed.
  static func tidy(at now: Instant, account: Identifier) -> [SQL] {
    [
      """
      DELETE FROM sessions WHERE id = ANY (ARRAY(
        SELECT id FROM sessions WHERE expires_at <= \(now) OR last_used_at <= \(now - SessionLife.idle)
        LIMIT \(tidied) FOR UPDATE SKIP LOCKED))
      """,
      """
      DELETE FROM sessions WHERE id = ANY (ARRAY(
        SELECT id FROM sessions WHERE id IN (
          SELECT id FROM sessions WHERE account_id = \(account) ORDER BY last_used_at DESC OFFSET \(SessionLife.perUser - 1))
        FOR UPDATE SKIP LOCKED))
      """,
    ]
  }

  /// Where a page ended.
  struct Key: Sendable, Hashable {
    let lastUsedAt: Instant
    let id: Identifier
  }

  /// The living ones, the last used first. `account` nil: everybody's.
  static func list(of account: Identifier?, at now: Instant, after key: Key?, limit: Int) -> SQL {
    let whose: SQL = account.map { "AND account_id = \($0)" } ?? ""
    let behind: SQL = key.map { "AND (last_used_at, id) < (\($0.lastUsedAt), \($0.id))" } ?? ""
    return """
      SELECT \(unsafeLiteral: columns) FROM sessions
      WHERE expires_at > \(now) AND last_used_at > \(now - SessionLife.idle) \(fragment: whose) \(fragment: behind)
      ORDER BY last_used_at DESC, id DESC LIMIT \(limit)
      """
  }

  static func read(_ rows: Rows) throws -> [SessionRecord] {
    try rows.map { row in
      var reader = RowReader(row)
      return try read(&reader)
    }
  }

  private static func read(_ reader: inout RowReader) throws -> SessionRecord {
    SessionRecord(
      id: try reader.next(), account: try reader.next(),
      origin: SignInOrigin(address: try reader.next(), userAgent: try reader.next()), startedAt: try reader.next(),
      lastUsedAt: try reader.next(), expiresAt: try reader.next())
  }
}
