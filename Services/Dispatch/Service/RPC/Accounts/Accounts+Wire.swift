internal import AccountsAPI
internal import CityModel
internal import CommonAPI
internal import DispatchDomain
internal import NodeKit
internal import RPC

// The contract's messages as domain values, and back.

extension SignInOrigin {
  init(_ wire: AccountsAPI.Origin?) { self.init(address: wire?.address ?? "", userAgent: wire?.userAgent ?? "") }
}

extension SessionRecord {
  var wire: AccountsAPI.Session {
    AccountsAPI.Session(
      id: id.bytes, userId: account.bytes, address: origin.address, userAgent: origin.userAgent, startedAtUs: startedAt.microseconds,
      lastUsedAtUs: lastUsedAt.microseconds, expiresAtUs: expiresAt.microseconds)
  }
}

extension AccountRecord {
  var wire: AccountsAPI.User {
    AccountsAPI.User(
      id: account.id.bytes, name: account.name, displayName: account.displayName, roles: account.roles.map(\.rawValue),
      department: account.department, crew: account.crew, district: account.district, disabled: account.disabled,
      hasSecondFactor: secondFactor != nil, mustChangePassword: mustChangePassword, createdAtUs: createdAt.microseconds,
      lastSignInAtUs: lastSignInAt?.microseconds ?? 0, version: account.version)
  }

  /// Without roles until the password is changed: so no service lets the person do anything.
  func identity(_ session: SessionRecord) -> CommonAPI.Identity {
    CommonAPI.Identity(
      userId: account.id.bytes, name: account.name, displayName: account.displayName,
      roles: mustChangePassword ? [] : account.roles.map(\.rawValue), department: account.department, crew: account.crew,
      district: account.district, sessionId: session.id.bytes)
  }
}

extension Account {
  init(_ wire: AccountsAPI.User, id: Identifier) throws(AccountRefusal) {
    var roles: [PersonRole] = []
    for text in wire.roles {
      guard let role = PersonRole(rawValue: text) else { throw .unknownRole(String(text.unicodeScalars.prefix(Account.longestCode))) }
      roles.append(role)
    }
    self.init(
      id: id, name: wire.name, displayName: wire.displayName, roles: roles, department: wire.department, crew: wire.crew,
      district: wire.district, disabled: wire.disabled, version: wire.version)
  }
}

extension AuditedPerson {
  /// The person for whom the call is made; without one, the service that calls.
  init(_ call: CallContext) {
    guard let person = call.person else {
      self.init(name: call.peer.identity?.service ?? ServiceName.operator)
      return
    }
    self.init(id: Identifier(person.id), name: person.name, session: Identifier(bytes: person.session))
  }
}

extension CallContext {
  /// The operator's command on its own account. In plain text nobody is known, and everybody trusted.
  var isOperator: Bool { person == nil && peer.identity.map { $0.service == ServiceName.operator } ?? true }

  /// The account that a person who doesn't administer is confined to; nil for administrators and the operator.
  var ownAccountOnly: Identifier? {
    guard let person, !person.knownRoles.contains(.administrator) else { return nil }
    return Identifier(person.id) ?? Self.nobody
  }

  /// An id that no account has: whoever cannot be told apart is confined to nothing.
  private static let nobody = Identifier(high: 0, low: 0)
}

extension DispatchDomain.AuditEntry {
  init(_ wire: RecordRequest, _ who: AuditedPerson, at now: Instant) throws {
    guard Self.isAction(wire.action), DispatchDomain.AuditEntry.Action(rawValue: wire.action) == nil,
      [wire.target, wire.detail].allSatisfy({ PlainText.isFree($0) }), PlainText.fits(wire.target, Self.longestTarget),
      PlainText.fits(wire.detail, Self.longestDetail)
    else {
      throw AccountRefusal.invalidValue(
        Words("审计记录无效：动作须为小写字母和下划线，且不能是系统自己的动作。", "An action is a word of a-z and _, and none that services record themselves."))
    }
    self.init(
      at: now, who: who, action: wire.action, target: wire.target, result: try Self.result(wire.result) ?? .done, detail: wire.detail,
      origin: SignInOrigin(wire.origin))
  }

  static func result(_ wire: AuditResult) throws -> Result? {
    if wire == .unspecified { return nil }
    guard let result = Int16(exactly: wire.rawValue).flatMap(Result.init(rawValue:)) else { throw AccountPage.invalid }
    return result
  }
}

extension AccountsAPI.AuditEntry {
  init(_ entry: DispatchDomain.AuditEntry, sequence: Int64) {
    self.init(
      sequence: sequence, atUs: entry.at.microseconds, userId: entry.who.id?.bytes ?? [], userName: entry.who.name, action: entry.action,
      target: entry.target, result: AuditResult(rawValue: Int32(entry.result.rawValue)), detail: entry.detail,
      address: entry.origin.address, userAgent: entry.origin.userAgent, sessionId: entry.who.session?.bytes ?? [])
  }
}

extension AuditFilter {
  init(_ wire: ListAuditRequest) throws {
    self.init()
    guard [wire.userName, wire.action, wire.target].allSatisfy(PlainText.isCode) else { throw AccountPage.invalid }
    from = Instant(given: wire.fromUs)
    before = Instant(given: wire.beforeUs)
    if !wire.userId.isEmpty {
      guard let id = Identifier(bytes: wire.userId) else { throw AccountRefusal.unknownUser }
      account = id
    }
    name = wire.userName
    action = wire.action
    target = wire.target
    result = try DispatchDomain.AuditEntry.result(wire.result)
  }
}

/// Pages of these listings: 1 to 1,000 entries, 100 unless said.
enum AccountPage {
  static let invalid = AccountRefusal.invalidValue(
    Words("查询条件或翻页标记无效。", "The filter, the page's size or its token is not one that a listing takes."))

  static func size(_ page: Page?) throws -> Int {
    let size = page?.size ?? 0
    guard (0...1_000).contains(size) else { throw invalid }
    return size == 0 ? 100 : Int(size)
  }

  static func cursor(_ page: Page?) throws -> PageCursor? {
    guard let token = page?.token, !token.isEmpty else { return nil }
    guard let cursor = PageCursor(token: token) else { throw invalid }
    return cursor
  }
}
