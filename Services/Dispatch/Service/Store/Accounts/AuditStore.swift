internal import CityModel
internal import DispatchDomain
internal import Postgres

/// What the audit list is asked for; all conditions given must hold.
struct AuditFilter: Sendable {
  var from: Instant?
  var before: Instant?
  var account: Identifier?
  var name = ""
  var action = ""
  var target = ""
  var result: AuditEntry.Result?
}

/// The table `audit`: entries are added and read, nothing else. The database refuses anything else, too.
enum AuditStore {
  static func append(_ entry: AuditEntry) -> SQL {
    """
    INSERT INTO audit (at, account_id, account_name, session_id, action, target, result, detail, address, user_agent)
    VALUES (\(entry.at), \(entry.who.id), \(entry.who.name), \(entry.who.session), \(entry.action), \(entry.target),
      \(entry.result.rawValue), \(entry.detail), \(entry.origin.address), \(entry.origin.userAgent))
    RETURNING sequence
    """
  }

  /// A row when the session has done it since then.
  static func find(_ action: AuditEntry.Action, in session: Identifier, of account: Identifier, since: Instant) -> SQL {
    """
    SELECT sequence FROM audit
    WHERE at >= \(since) AND account_id = \(account) AND session_id = \(session) AND action = \(action.rawValue)
      AND result = \(AuditEntry.Result.done.rawValue)
    LIMIT 1
    """
  }

  /// The newest first, before `sequence`.
  static func list(_ filter: AuditFilter, before sequence: Int64?, limit: Int) -> SQL {
    var conditions: [SQL] = []
    if let sequence { conditions.append("sequence < \(sequence)") }
    if let from = filter.from { conditions.append("at >= \(from)") }
    if let before = filter.before { conditions.append("at < \(before)") }
    if let account = filter.account { conditions.append("account_id = \(account)") }
    if !filter.name.isEmpty { conditions.append("account_name = \(filter.name)") }
    if !filter.action.isEmpty { conditions.append("action = \(filter.action)") }
    if !filter.target.isEmpty { conditions.append("target = \(filter.target)") }
    if let result = filter.result { conditions.append("result = \(result.rawValue)") }
    let condition = conditions.reduce("true" as SQL) { "\(fragment: $0) AND \(fragment: $1)" }
    return """
      SELECT sequence, at, account_id, account_name, session_id, action, target, result, detail, address, user_agent FROM audit
      WHERE \(fragment: condition) ORDER BY sequence DESC LIMIT \(limit)
      """
  }

  static func read(_ rows: Rows) throws -> [(sequence: Int64, entry: AuditEntry)] {
    try rows.map { row in
      var reader = RowReader(row)
      let (sequence, at) = (try reader.next(Int64.self), try reader.next(Instant.self))
      let who = AuditedPerson(id: try reader.next(), name: try reader.next(), session: try reader.next())
      let (action, target) = (try reader.next(String.self), try reader.next(String.self))
      let result = AuditEntry.Result(rawValue: try reader.next()) ?? .failed
      let detail = try reader.next(String.self)
      return (
        sequence,
        AuditEntry(
          at: at, who: who, action: action, target: target, result: result, detail: detail,
          origin: SignInOrigin(address: try reader.next(), userAgent: try reader.next()))
      )
    }
  }
}
