public import CityModel

/// A person of the command centre, as the administrator describes the person. Without what the person signs in with.
public struct Account: Sendable, Hashable {
  public var id: Identifier
  /// What one signs in with. Never changes: histories and the audit list name it.
  public var name: String
  public var displayName: String
  public var roles: [PersonRole]
  public var department: String
  public var crew: String
  public var district: String
  public var disabled: Bool
  /// Rises with each change.
  public var version: Int32

  public init(
    id: Identifier, name: String, displayName: String, roles: [PersonRole], department: String = "", crew: String = "",
    district: String = "",
    disabled: Bool = false, version: Int32 = 1
  ) {
    self.id = id
    self.name = name
    self.displayName = displayName
    self.roles = roles
    self.department = department
    self.crew = crew
    self.district = district
    self.disabled = disabled
    self.version = version
  }

  public static let nameLength = 2...40
  public static let longestDisplayName = 80
  public static let longestCode = 200

  /// a-z, 0-9, dot, hyphen, underscore; capitals are for the sign-in form only.
  public static func isName(_ text: String) -> Bool {
    nameLength.contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2e || $0 == 0x2d || $0 == 0x5f
      }
  }

  /// Whether the person is one who can mend accounts.
  public var administers: Bool { !disabled && roles.contains(.administrator) }

  /// - Throws: what a clerk has to mend. Whether department and crew exist is the database's to say.
  public func validate() throws(AccountRefusal) {
    guard Self.isName(name) else {
      throw .invalidValue(
        Words("用户名须为 2 至 40 个小写字母、数字、点、连字符或下划线。", "A name has 2 to 40 of a-z, 0-9, dot, hyphen and underscore."))
    }
    guard (1...Self.longestDisplayName).contains(displayName.unicodeScalars.count), PlainText.isLine(displayName),
      displayName.contains(where: { !$0.isWhitespace })
    else { throw .invalidValue(Words("姓名须为 1 至 80 个字符。", "A display name has 1 to 80 characters.")) }
    guard !roles.isEmpty, Set(roles).count == roles.count else {
      throw .invalidValue(Words("请至少选择一个角色，且不要重复。", "Give at least one role, and each once."))
    }
    for code in [department, crew, district] {
      guard PlainText.isLine(code, atMost: Self.longestCode) else {
        throw .invalidValue(Words("编码最多 200 个字符，不含控制字符。", "A code has at most 200 characters and no control characters."))
      }
    }
    guard crew.isEmpty || !department.isEmpty else { throw .departmentRequired }
    if roles.contains(.department) || roles.contains(.crew) { guard !department.isEmpty else { throw .departmentRequired } }
    if roles.contains(.crew) { guard !crew.isEmpty else { throw .departmentRequired } }
  }
}
