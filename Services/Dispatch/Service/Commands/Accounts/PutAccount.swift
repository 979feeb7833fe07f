internal import CityModel
internal import DispatchDomain
internal import Postgres

/// 用户管理: an administrator creates, changes and disables accounts, and gives a new password.
struct PutAccount: Sendable {
  let office: AccountsOffice

  /// The account, with a one-time password that nobody is told again.
  /// - Parameter chosen: a password instead, which need not be changed; empty: none.
  /// - Throws: `AccountRefusal`.
  func create(
    _ account: Account, chosen: String = "", by who: AuditedPerson, _ origin: SignInOrigin, _ patience: Patience
  ) async throws -> (AccountRecord, password: String) {
    let now = office.now()
    var account = account
    account.id = office.newID(now)
    account.version = 1
    try account.validate()
    if !chosen.isEmpty {
      do throws(PasswordRule.Fault) { try PasswordRule.check(chosen, name: account.name) } catch {
        throw AccountRefusal.passwordWeak(error)
      }
    }
    let password = chosen.isEmpty ? OneTimePassword.random() : chosen
    let record = AccountRecord(
      account: account, passwordHash: try await office.hasher.make(password, patience), mustChangePassword: chosen.isEmpty, usedStep: 0,
      createdAt: now)
    let entry = AuditEntry(
      at: now, who: who, action: AuditEntry.Action.userCreated.rawValue, target: account.name, detail: Self.words(account), origin: origin)
    try patience.check()
    try await office.database.transaction { [account] transaction in
      try await Self.checkDepartment(of: account, transaction)
      guard try await transaction.query(AccountStore.insert(record)).affected == 1 else { throw AccountRefusal.nameTaken(account.name) }
      _ = try await transaction.query(AuditStore.append(entry))
    }
    return (record, password)
  }

  /// - Parameter account: its version is the one that the administrator saw; 0 means any.
  /// - Throws: `AccountRefusal`.
  func change(_ account: Account, by who: AuditedPerson, _ origin: SignInOrigin) async throws -> AccountRecord {
    try account.validate()
    let now = office.now()
    return try await office.database.transaction { transaction in
      // Before the account itself, for one order of locks.
      let administrators = try await transaction.query(AccountStore.administrators).column(Identifier.self)
      guard var record = try AccountStore.read(try await transaction.query(AccountStore.find(account.id, locked: true))).first else {
        throw AccountRefusal.unknownUser
      }
      guard record.account.name == account.name else { throw AccountRefusal.nameFixed }
      guard account.version == 0 || account.version == record.account.version else { throw AccountRefusal.conflict }
      guard account.administers || administrators != [account.id] else { throw AccountRefusal.lastAdministrator }
      try await Self.checkDepartment(of: account, transaction)
      let before = record.account
      record.account = account
      record.account.version = before.version + 1
      let entry = AuditEntry(
        at: now, who: who, action: AuditEntry.Action.userChanged.rawValue, target: account.name,
        detail: "\(Self.words(before)) → \(Self.words(account))", origin: origin)
      let ended = account.disabled ? [SessionStore.endAll(of: account.id)] : []
      _ = try await transaction.pipeline([AccountStore.update(record.account), AuditStore.append(entry)] + ended)
      return record
    }
  }

  /// A one-time password instead of the old one; all sessions end.
  /// - Throws: `AccountRefusal.unknownUser`.
  func resetPassword(
    of account: AccountReference, removingFactor: Bool, by who: AuditedPerson, _ origin: SignInOrigin, _ patience: Patience
  ) async throws -> String {
    let record = try await AccountListings(office: office).account(account)
    let id = record.account.id
    let password = OneTimePassword.random()
    let hash = try await office.hasher.make(password, patience)
    try patience.check()
    let entry = AuditEntry(
      at: office.now(), who: who, action: AuditEntry.Action.passwordReset.rawValue, target: record.account.name,
      detail: removingFactor ? "second factor removed" : "", origin: origin)
    try await office.database.atomically(
      [
        AccountStore.resetPassword(of: id, to: hash), SessionStore.endAll(of: id),
        AttemptStore.forget(.name(record.account.name)), AuditStore.append(entry),
      ] + (removingFactor ? [AccountStore.removeFactor(of: id)] : []))
    return password
  }

  private static func checkDepartment(of account: Account, _ transaction: Transaction) async throws {
    guard !account.department.isEmpty else { return }
    let known = try DepartmentStore.readKnown(try await transaction.query(DepartmentStore.known([account.department])))
    guard known.contains(CrewKey(department: account.department, crew: "")) else {
      throw AccountRefusal.unknownDepartment(account.department)
    }
    guard known.contains(CrewKey(department: account.department, crew: account.crew)) else {
      throw AccountRefusal.unknownCrew(account.crew)
    }
  }

  /// What the account may do, for the audit list.
  private static func words(_ account: Account) -> String {
    let limits = [account.department, account.crew, account.district].filter { !$0.isEmpty }
    return ([account.roles.map(\.rawValue).joined(separator: "+")] + limits + (account.disabled ? ["disabled"] : [])).joined(
      separator: ", ")
  }
}
