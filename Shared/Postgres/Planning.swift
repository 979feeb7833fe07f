/// How the statements of a transaction are planned (PostgreSQL manual §20.7, `plan_cache_mode` and the planner's costs).
///
/// Planning anew costs 0.1 to 1 ms a statement, more than a small write itself. A plan that is kept was made for tables as they were: on a
/// new node they are empty, and scanning an empty table whole looks cheap.
public enum Planning: Sendable {
  /// Each time, for the values at hand and the tables' present size: listings, reports, whatever is rare. The default.
  case eachTime
  /// Once a connection, and so that the plan stays right however the tables grow: a row that is visited costs a thousand times the usual
  /// (PostgreSQL takes an empty table for one of ten pages), so rows are found by index, one after the other, and no table is scanned or
  /// hashed whole. For short statements that run all the time and reach every table by a key.
  case once

  /// Holds until the transaction ends.
  var statement: SQL? {
    switch self {
    case .eachTime: nil
    case .once:
      """
      SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('cpu_tuple_cost', '10', true),
        set_config('max_parallel_workers_per_gather', '0', true)
      """
    }
  }
}
