/// How bad an alarm is: 蓝黄橙红, the mildest lowest. The raw value is the one in the contract and in the database.
package enum Severity: Int16, Sendable, Hashable, Comparable, CaseIterable {
  case blue = 1
  case yellow = 2
  case orange = 3
  case red = 4

  package static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }

  /// Position in the four steps of a rule, 0 for blue.
  var step: Int { Int(rawValue) - 1 }

  init(step: Int) {
    self = Severity.allCases[step]
  }

  package var name: String {
    switch self {
    case .blue: "blue"
    case .yellow: "yellow"
    case .orange: "orange"
    case .red: "red"
    }
  }

  /// Before `name`.
  package var article: String { self == .orange ? "an" : "a" }

  package var nameInChinese: String {
    switch self {
    case .blue: "蓝色"
    case .yellow: "黄色"
    case .orange: "橙色"
    case .red: "红色"
    }
  }
}
