internal import CityModel
internal import DispatchDomain
internal import Postgres

/// 修改密码: by the person, who knows the old one. All other sessions of the person end.
///
/// Whoever doesn't hear the answer asks again: the same change by the same session is answered like the first one.
struct ChangePassword: Sendable {
  /// So long after a change its repetition is recognised: 10 minutes.
  static let repeatable: Duration = .seconds(600)

  let office: AccountsOffice

  /// - Throws: `AccountRefusal`; with `.busy` nothing was changed.
  func callAsFunction(_ token: SessionToken, old: String, new: String, _ origin: SignInOrigin, _ patience: Patience) async throws {
    let (session, record) = try await office.session(token)
    do throws(PasswordRule.Fault) {
      guard new != old else { throw .unchanged }
      try PasswordRule.check(new, name: record.account.name)
    } catch {
      throw AccountRefusal.passwordWeak(error)
    }
    let candidates = [old] + (try await wasChanged(by: session) ? [new] : [])
    guard let place = try await PasswordCheck(office: office)(candidates, of: record, origin, patience) else {
      try await office.append(entry(record, session, .failed, origin))
      throw AccountRefusal.passwordWrong
    }
    if place == 0 { try await store(new, record, session, origin, patience) }
  }

  private func wasChanged(by session: SessionRecord) async throws -> Bool {
    let since = office.now() - Self.repeatable
    return try await !office.database.query(AuditStore.find(.passwordChanged, in: session.id, of: session.account, since: since)).isEmpty
  }

  private func store(
    _ new: String, _ record: AccountRecord, _ session: SessionRecord, _ origin: SignInOrigin, _ patience: Patience
  ) async throws {
    let hash = try await office.hasher.make(new, patience)
    try patience.check()
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
      result: result, detail: result == .failed ? "password" : "", origin: origin)
  }
}
