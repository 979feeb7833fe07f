internal import CityModel
internal import DispatchDomain
internal import Postgres

/// 修改密码: by the person, who knows the old one. All other sessions of the person end.
struct ChangePassword: Sendable {
  let office: AccountsOffice

  /// - Throws: `AccountRefusal`.
  func callAsFunction(_ token: SessionToken, old: String, new: String, _ origin: SignInOrigin) async throws {
    let (session, record) = try await office.session(token)
    let subject = AttemptSubject.name(record.account.name)
    let guardian = AttemptGuard(office: office)
    try await guardian.begin([subject])
    guard try await office.hasher.verify(old, against: record.passwordHash) else {
      try await office.append(entry(record, session, .failed, origin))
      throw AccountRefusal.passwordWrong
    }
    try await guardian.takeBack([subject])
    do throws(PasswordRule.Fault) {
      guard new != old else { throw .unchanged }
      try PasswordRule.check(new, name: record.account.name)
    } catch {
      throw AccountRefusal.passwordWeak(error)
    }
    let hash = try await office.hasher.make(new)
    let id = record.account.id
    try await office.database.transaction { transaction in
      // An administrator has given another one meanwhile, and has ended this session with it.
      guard try await transaction.query(AccountStore.changePassword(of: id, from: record.passwordHash, to: hash)).affected == 1 else {
        throw AccountRefusal.sessionEnded
      }
      try await transaction.commit(after: [
        SessionStore.endAll(of: id, but: session.id), AuditStore.append(entry(record, session, .done, origin)),
      ])
    }
  }

  private func entry(_ record: AccountRecord, _ session: SessionRecord, _ result: AuditEntry.Result, _ origin: SignInOrigin) -> AuditEntry {
    AuditEntry(
      at: office.now(), who: record.audited(session.id), action: AuditEntry.Action.passwordChanged.rawValue, target: record.account.name,
      result: result, origin: origin)
  }
}
