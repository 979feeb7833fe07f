public import CityModel

/// One version of a table of codes, valid from an instant until the next version.
public struct CodeTable: Sendable, Hashable {
  /// The table that says what a report can be about.
  public static let kinds = "kind"

  public let name: String
  public let version: String
  public let validFrom: Instant
  /// In the table's order.
  public let codes: [Code]

  public struct Code: Sendable, Hashable {
    public let code: String
    public let name: String
    public let nameInEnglish: String
    public let parent: String
    public let duplicateRule: DuplicateRule
    /// Of a kind: not one that citizens choose, because only sensors and the staff report it.
    public let staffOnly: Bool

    public init(
      code: String, name: String, nameInEnglish: String = "", parent: String = "", duplicateRule: DuplicateRule = .standard,
      staffOnly: Bool = false
    ) {
      self.code = code
      self.name = name
      self.nameInEnglish = nameInEnglish
      self.parent = parent
      self.duplicateRule = duplicateRule
      self.staffOnly = staffOnly
    }

    /// What people call it.
    public var words: Words { Words(name, nameInEnglish.isEmpty ? name : nameInEnglish) }
  }

  /// Codes of one version: 20,000.
  public static let codeLimit = 20_000

  public init(name: String, version: String, validFrom: Instant, codes: [Code]) {
    self.name = name
    self.version = version
    self.validFrom = validFrom
    self.codes = codes
  }

  /// - Throws: `Refusal.invalidCodeTable` for the first thing that is wrong.
  public func validate() throws(Refusal) {
    guard !name.isEmpty, !version.isEmpty else { throw .invalidCodeTable(problem: "table and version are needed") }
    try Submission.check(name, .kind, SubmissionLimits.reference)
    try Submission.check(version, .kind, SubmissionLimits.reference)
    guard codes.count <= Self.codeLimit else { throw .invalidCodeTable(problem: "more than \(Self.codeLimit) codes") }
    var seen = Set<String>()
    for code in codes {
      guard !code.code.isEmpty else { throw .invalidCodeTable(problem: "a code is empty") }
      guard seen.insert(code.code).inserted else { throw .invalidCodeTable(problem: "the code \"\(code.code)\" occurs twice") }
      for text in [code.code, code.name, code.nameInEnglish, code.parent] {
        try Submission.check(text, .kind, SubmissionLimits.reference)
      }
      try code.duplicateRule.validate(kind: code.code)
    }
  }
}

/// All versions of all tables, for look-ups by time.
public struct CodeTables: Sendable {
  private var versions: [String: [Version]] = [:]

  private struct Version: Sendable {
    let table: CodeTable
    let codes: [String: CodeTable.Code]
  }

  public init(_ tables: [CodeTable] = []) {
    for table in tables.sorted(by: { ($0.validFrom, $0.version) < ($1.validFrom, $1.version) }) {
      versions[table.name, default: []].append(
        Version(table: table, codes: Dictionary(table.codes.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })))
    }
  }

  public func table(_ name: String, at instant: Instant) -> CodeTable? { version(name, at: instant)?.table }

  /// The kind and the version of the table that names it.
  /// - Parameter byVisitor: somebody reports it who is not of the staff.
  /// - Throws: `Refusal.noCodeTable`, `.unknownKind`, `.kindNotPublic`.
  public func kind(
    _ code: String, at instant: Instant, byVisitor: Bool = false
  ) throws(Refusal) -> (kind: CodeTable.Code, version: String) {
    guard let version = version(CodeTable.kinds, at: instant) else { throw .noCodeTable(table: CodeTable.kinds, at: instant) }
    guard let kind = version.codes[code] else { throw .unknownKind(code, version: version.table.version) }
    if byVisitor, kind.staffOnly { throw .kindNotPublic(kind.words) }
    return (kind, version.table.version)
  }

  private func version(_ name: String, at instant: Instant) -> Version? {
    versions[name]?.last { $0.table.validFrom <= instant }
  }
}
