internal import CityModel
internal import DispatchDomain
internal import Postgres

/// An account with what its person signs in with.
struct AccountRecord: Sendable {
  var account: Account
  var passwordHash: String
  var mustChangePassword: Bool
  /// Sealed.
  var secondFactor: [UInt8]?
  var pendingFactor: [UInt8]?
  var usedStep: Int64
  var createdAt: Instant
  var lastSignInAt: Instant?
}

/// The table `accounts`.
enum AccountStore {
  private static let columns = """
    id, name, display_name, roles, department, crew, district, disabled, version, password_hash, must_change_password, second_factor, \
    pending_factor, used_step, created_at, last_sign_in_at
    """

  static func insert(_ record: AccountRecord) -> SQL {
    let account = record.account
    return """
      INSERT INTO accounts (\(unsafeLiteral: columns))
      VALUES (\(account.id), \(account.name), \(account.displayName), \(account.roles.map(\.rawValue)), \(account.department),
        \(account.crew), \(account.district), \(account.disabled), \(account.version), \(record.passwordHash), \(record.mustChangePassword),
        \(record.secondFactor), \(record.pendingFactor), \(record.usedStep), \(record.createdAt), \(record.lastSignInAt))
      ON CONFLICT (name) DO NOTHING
      """
  }

  /// Everything that an administrator may change.
  static func update(_ account: Account) -> SQL {
    """
    UPDATE accounts SET display_name = \(account.displayName), roles = \(account.roles.map(\.rawValue)), department = \(account.department),
      crew = \(account.crew), district = \(account.district), disabled = \(account.disabled), version = \(account.version)
    WHERE id = \(account.id)
    """
  }

  static func find(_ id: Identifier, locked: Bool = false) -> SQL {
    "SELECT \(unsafeLiteral: columns) FROM accounts WHERE id = \(id) \(unsafeLiteral: locked ? "FOR UPDATE" : "")"
  }

  static func find(name: String, locked: Bool = false) -> SQL {
    "SELECT \(unsafeLiteral: columns) FROM accounts WHERE name = \(name) \(unsafeLiteral: locked ? "FOR UPDATE" : "")"
  }

  /// Locked in one order, so that two who take each other's rights away wait for each other, and the second one sees.
  static let administrators: SQL = "SELECT id FROM accounts WHERE NOT disabled AND 'administrator' = ANY (roles) ORDER BY id FOR UPDATE"

  /// By name, behind `after`. `part` is a piece of the name or display name; empty: all.
  static func list(part: String, after: String, limit: Int) -> SQL {
    """
    SELECT \(unsafeLiteral: columns) FROM accounts
    WHERE name > \(after) AND (\(part) = '' OR strpos(name, lower(\(part))) > 0 OR strpos(lower(display_name), lower(\(part))) > 0)
    ORDER BY name LIMIT \(limit)
    """
  }

  static func signedIn(_ id: Identifier, at now: Instant) -> SQL {
    "UPDATE accounts SET last_sign_in_at = \(now) WHERE id = \(id)"
  }

  /// By the person; nothing when the password has become another one meanwhile.
  static func changePassword(of id: Identifier, from old: String, to new: String) -> SQL {
    """
    UPDATE accounts SET password_hash = \(new), must_change_password = false, version = version + 1
    WHERE id = \(id) AND password_hash = \(old)
    """
  }

  /// By an administrator.
  static func resetPassword(of id: Identifier, to hash: String) -> SQL {
    "UPDATE accounts SET password_hash = \(hash), must_change_password = true, version = version + 1 WHERE id = \(id)"
  }

  /// The step is used up, unless it was already: then no row comes back.
  static func use(step: Int64, of id: Identifier) -> SQL {
    "UPDATE accounts SET used_step = \(step) WHERE id = \(id) AND used_step < \(step) RETURNING id"
  }

  /// Nothing when the password is another one by now.
  static func begin(_ sealed: [UInt8], of id: Identifier, knowing password: String) -> SQL {
    "UPDATE accounts SET pending_factor = \(sealed) WHERE id = \(id) AND password_hash = \(password)"
  }

  /// Nothing when another secret waits by now, or none.
  static func confirmFactor(_ sealed: [UInt8], of id: Identifier, step: Int64) -> SQL {
    """
    UPDATE accounts SET second_factor = pending_factor, pending_factor = NULL, used_step = \(step), version = version + 1
    WHERE id = \(id) AND pending_factor = \(sealed)
    """
  }

  static func removeFactor(of id: Identifier) -> SQL {
    "UPDATE accounts SET second_factor = NULL, pending_factor = NULL, used_step = 0 WHERE id = \(id)"
  }

  static func read(_ rows: Rows) throws -> [AccountRecord] {
    try rows.map { row in
      var reader = RowReader(row)
      return try read(&reader)
    }
  }

  static func read(_ reader: inout RowReader) throws -> AccountRecord {
    let (id, name, displayName) = (try reader.next(Identifier.self), try reader.next(String.self), try reader.next(String.self))
    let roles = try reader.next([String].self).compactMap(PersonRole.init(rawValue:))
    let account = Account(
      id: id, name: name, displayName: displayName, roles: roles, department: try reader.next(), crew: try reader.next(),
      district: try reader.next(), disabled: try reader.next(), version: try reader.next())
    return AccountRecord(
      account: account, passwordHash: try reader.next(), mustChangePassword: try reader.next(), secondFactor: try reader.next(),
      pendingFactor: try reader.next(), usedStep: try reader.next(), createdAt: try reader.next(), lastSignInAt: try reader.next())
  }

  /// The columns of an account joined as `a`.
  static let joined = columns.split(separator: ", ").map { "a.\($0)" }.joined(separator: ", ")
}
