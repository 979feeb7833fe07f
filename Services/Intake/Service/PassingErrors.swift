internal import Postgres

extension Error {
  /// The same command may succeed in a moment.
  var isPassing: Bool { (self as? PostgresError)?.isTransient ?? false }
}
