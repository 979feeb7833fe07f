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

  /// A sentence for people, Chinese first: what shows one language finds each there.
  public var sentence: String {
    switch self {
    case .predicate(let what): "条件无法识别。 The predicate cannot be read: \(what)."
    case .formula(let what): "公式不成立。 The formula does not fit together: \(what)."
    case .unknownIndicator(let name): "没有“\(name)”这个指标。 There is no indicator \"\(name)\" now; ListFormulas names them."
    case .unknownGroup(let name): "没有“\(name)”这个分组。 \"\(name)\" is not a group of this dimension."
    case .versionTaken(let indicator, let version):
      "\(indicator) 的版本 \(version) 已存在，不可修改。 Version \(version) of \(indicator) exists and is never changed: choose another version."
    case .tooMuch(let limit):
      "结果超过 \(limit) 个，请减少指标或缩小范围。 There are more than \(limit) figures: ask for fewer indicators, a shorter range or longer periods."
    case .badRange: "结束时间早于开始时间。 The range ends before it begins."
    case .badPage: "翻页标记无效。 The page token is not one that this service gave."
    case .notYours: "您的账户只能查看本部门或本辖区的案卷。 Your account lists its own department's or district's cases only."
    }
  }
}
