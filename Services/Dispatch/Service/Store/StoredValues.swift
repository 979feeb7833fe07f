internal import CityModel
public import DispatchDomain
public import Postgres

extension CaseState: PostgresScalar {}
extension FactKind: PostgresScalar {}
extension DispatchRule: PostgresScalar {}
extension CaseDeadline.Origin: PostgresScalar {}

/// Lists that stand in one text per row while many rows travel as arrays: PostgreSQL has no ragged arrays.
enum StoredList {
  /// Between the elements: a control character that no code and no sentence may contain.
  static let separator = "\u{1f}"

  static func text(_ elements: [String]) -> String { elements.joined(separator: separator) }
}

extension CaseDeadline {
  /// Start and end of each pause, in microseconds.
  var storedPauses: String {
    pauses.map { "\($0.lowerBound.microseconds),\($0.upperBound.microseconds)" }.joined(separator: ",")
  }

  static func pauses(stored: [Int64]) -> [Range<Instant>] {
    stride(from: 0, to: stored.count - 1, by: 2).compactMap {
      stored[$0] <= stored[$0 + 1] ? Instant(microseconds: stored[$0])..<Instant(microseconds: stored[$0 + 1]) : nil
    }
  }

  /// "Nearest deadline first" as one ascending number.
  var storedOrder: Int64 { due?.microseconds ?? .max }
}

extension Responsibility {
  /// Kind, area, department, crew.
  var stored: String { "\(kind)\t\(area)\t\(department)\t\(crew)" }

  init?(stored: String) {
    let parts = stored.split(separator: "\t", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    self.init(kind: String(parts[0]), area: String(parts[1]), department: String(parts[2]), crew: String(parts[3]))
  }
}
