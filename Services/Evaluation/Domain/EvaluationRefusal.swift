/// Why a request was refused, for the person who made it.
public enum EvaluationRefusal: Error, Sendable, Hashable {
  /// The predicate cannot be read.
  case predicate(String)
  /// The formula contradicts itself.
  case formula(String)
  case unknownIndicator(String)
  case unknownGroup(String)
  /// The same indicator and version exists with other content: versions are never changed.
  case versionTaken(indicator: String, version: String)
  /// More groups and periods than one answer holds.
  case tooMuch(limit: Int)
  case badRange
  case badPage
  /// Another department's or district's cases.
  case notYours

  /// Stable, for programs.
  public var code: String {
    switch self {
    case .predicate: "evaluation.predicate"
    case .formula: "evaluation.formula"
    case .unknownIndicator: "evaluation.unknown_indicator"
    case .unknownGroup: "evaluation.unknown_group"
    case .versionTaken: "evaluation.version_taken"
    case .tooMuch: "evaluation.too_much"
    case .badRange: "evaluation.bad_range"
    case .badPage: "evaluation.bad_page"
    case .notYours: "evaluation.not_yours"
    }
  }

  /// A sentence for people.
  public var sentence: String {
    switch self {
    case .predicate(let what): "The predicate cannot be read: \(what). 条件无法识别。"
    case .formula(let what): "The formula does not fit together: \(what). 公式不成立。"
    case .unknownIndicator(let name): "There is no indicator \"\(name)\" now; ListFormulas names them. 没有这个指标。"
    case .unknownGroup(let name): "\"\(name)\" is not a group of this dimension. 没有这个分组。"
    case .versionTaken(let indicator, let version):
      "Version \(version) of \(indicator) exists and is never changed: choose another version. 该版本已存在，不可修改。"
    case .tooMuch(let limit):
      "There are more than \(limit) figures: ask for fewer indicators, a shorter range or longer periods. 结果过多，请缩小范围。"
    case .badRange: "The range ends before it begins. 时间范围无效。"
    case .badPage: "The page token is not one that this service gave. 翻页标记无效。"
    case .notYours: "Your account lists its own department's or district's cases only. 您的账户只能查看本部门或本辖区的案卷。"
    }
  }
}
