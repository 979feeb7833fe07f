public import CityModel

/// Which rule decided who handles a case. The numbers are those of the contract and of the stored rows.
public enum DispatchRule: Int16, Sendable, Hashable, CaseIterable {
  /// The source named the owner.
  case source = 1
  /// The responsibility matrix.
  case matrix = 2
  /// A dispatcher decided.
  case person = 3
  /// Back to the department that had handled it.
  case reopened = 4
}

/// Why a case went where it went: rule, evidence, alternatives. Stored with the dispatch.
public struct DispatchReason: Sendable, Hashable {
  public var rule: DispatchRule
  /// For `.matrix`: the matrix's version and the entry that won.
  public var matrixVersion: String
  public var matched: Responsibility?
  public var alternatives: [Responsibility]

  public init(_ rule: DispatchRule, matrixVersion: String = "", matched: Responsibility? = nil, alternatives: [Responsibility] = []) {
    self.rule = rule
    self.matrixVersion = matrixVersion
    self.matched = matched
    self.alternatives = alternatives
  }
}

/// Where the rules would send a case, and why in words.
public struct Assignment: Sendable, Hashable {
  public let department: String
  public let crew: String
  public let reason: DispatchReason
  public let words: Words

  /// The source's own assignment, else the matrix, else nil: a person must decide (DOMAIN §4).
  public static func byRule(
    ownerDepartment: String, ownerCrew: String, kind: String, kindWords: Words, place: Place, matrix: ResponsibilityMatrix
  ) -> Assignment? {
    if !ownerDepartment.isEmpty {
      return Assignment(
        department: ownerDepartment, crew: ownerCrew, reason: DispatchReason(.source),
        words: Words("来源已指定责任部门。", "The source named the owner."))
    }
    guard let match = matrix.match(kind: kind, place: place) else { return nil }
    let entry = match.winner
    let kindPart = entry.kind.isEmpty ? Words("任意小类", "any kind") : Words("小类 \(kindWords.chinese)", "kind \(kindWords.english)")
    let areaPart = entry.area.isEmpty ? Words("任意区域", "any area") : Words("区域 \(entry.area)", "area \(entry.area)")
    return Assignment(
      department: entry.department, crew: entry.crew,
      reason: DispatchReason(.matrix, matrixVersion: matrix.version, matched: entry, alternatives: match.alternatives),
      words: Words(
        "责任矩阵 \(matrix.version)：\(kindPart.chinese) × \(areaPart.chinese)。",
        "Responsibility matrix \(matrix.version): \(kindPart.english) × \(areaPart.english)."))
  }
}
