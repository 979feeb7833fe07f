internal import CityModel
internal import DispatchDomain
internal import Postgres

/// What was filed and closed, for the overview, cut as finely as anybody may ask for it.
enum OverviewStore {
  /// Cases filed in each of the steps that begin at `starts`, the last one ending before `end`.
  static func filed(_ starts: [Instant], before end: Instant) -> SQL {
    """
    SELECT district_code, department, width_bucket(filed_at, \(starts)) - 1, count(*) FROM cases
    WHERE filed_at >= \(starts[0]) AND filed_at < \(end) GROUP BY 1, 2, 3
    """
  }

  static func closed(_ starts: [Instant], before end: Instant) -> SQL {
    """
    SELECT district_code, department, width_bucket(ended_at, \(starts)) - 1, count(*) FROM cases
    WHERE ended_at >= \(starts[0]) AND ended_at < \(end) AND state = \(CaseState.closed) GROUP BY 1, 2, 3
    """
  }

  static func readSteps(_ rows: Rows) throws -> [OverviewStep] {
    try rows.decode(String.self, String.self, Int32.self, Int64.self).map { district, department, step, count in
      OverviewStep(area: OverviewArea(district: district, department: department), step: Int(step), count: count)
    }
  }
}
