internal import Postgres

/// Which of the two sets of projections a statement writes.
enum Generation: Sendable, Hashable {
  /// The one that is counted.
  case counted
  /// The other one, that a rebuild makes aside.
  case aside

  /// Its number at the time of the statement.
  var sql: SQL {
    switch self {
    case .counted: "(SELECT generation FROM projections)"
    case .aside: "(SELECT (1 - generation)::smallint FROM projections)"
    }
  }
}
