internal import CityModel
internal import DispatchDomain
internal import NodeKit
internal import Postgres

/// Under what failed sign-ins are counted.
struct AttemptSubject: Sendable, Hashable {
  let key: String
  let delay: SignInDelay

  /// Names that no account can have are counted together: nobody fills the table with them.
  static func name(_ name: String) -> AttemptSubject {
    AttemptSubject(key: Account.isName(name) ? "name:\(name)" : "name:?", delay: .ofName)
  }

  /// Addresses of one household or host are counted together.
  static func address(_ address: String) -> AttemptSubject {
    AttemptSubject(key: "address:\(AddressGroup.name(of: address))", delay: .ofAddress)
  }
}

/// The table `sign_in_attempts`.
enum AttemptStore {
  /// Rows that nobody has touched for so long are removed by the way: 1 day.
  static let kept: Duration = .seconds(86_400)

  /// So many of them at a time: 500.
  static let tidied = 500

  /// Gives the rows, made where there are none, and locks them, in the order of their keys. A row that somebody removes at that moment is
  /// made anew: what is counted is never lost.
  static func lock(_ subjects: [AttemptSubject], at now: Instant) -> SQL {
    let keys = subjects.map(\.key).sorted()
    return """
      INSERT INTO sign_in_attempts AS known (subject, failures, last_at, blocked_until)
      SELECT subject, 0, \(now), \(now) FROM unnest(\(keys)) AS new (subject) ORDER BY subject
      ON CONFLICT (subject) DO UPDATE SET failures = known.failures
      RETURNING subject, failures, last_at, blocked_until
      """
  }

  static func read(_ rows: Rows) throws -> [String: Attempts] {
    var found: [String: Attempts] = [:]
    for (subject, failures, lastAt, blocked) in try rows.decode(String.self, Int32.self, Instant.self, Instant.self) {
      found[subject] = Attempts(failures: Int(failures), lastAt: lastAt, blockedUntil: blocked)
    }
    return found
  }

  static func store(_ attempts: Attempts, _ subject: AttemptSubject) -> SQL {
    """
    UPDATE sign_in_attempts SET failures = \(Int32(clamping: attempts.failures)), last_at = \(attempts.lastAt),
      blocked_until = \(attempts.blockedUntil)
    WHERE subject = \(subject.key)
    """
  }

  /// The name's owner has proven to be it.
  static func forget(_ subject: AttemptSubject) -> SQL { "DELETE FROM sign_in_attempts WHERE subject = \(subject.key)" }

  /// Waits for nobody: rows that somebody has are not old, or will be found another time. So it can stand in any transaction.
  static func tidy(at now: Instant) -> SQL {
    """
    DELETE FROM sign_in_attempts WHERE subject = ANY (ARRAY(
      SELECT subject FROM sign_in_attempts WHERE last_at < \(now - kept) AND blocked_until < \(now)
      ORDER BY last_at LIMIT \(tidied) FOR UPDATE SKIP LOCKED))
    """
  }
}
