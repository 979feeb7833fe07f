internal import CityModel
internal import DispatchDomain
internal import Postgres

/// 退出, 撤销登录: a session ends before its time.
struct EndSession: Sendable {
  let office: AccountsOffice

  /// What has ended already is no mistake.
  func signOut(_ token: SessionToken, _ origin: SignInOrigin) async throws {
    guard let hash = token.hash,
      let (session, record) = try SessionStore.readWithAccount(try await office.database.query(SessionStore.find(tokenHash: hash)))
    else { return }
    let entry = AuditEntry(
      at: office.now(), who: record.audited(session.id), action: AuditEntry.Action.signOut.rawValue, target: record.account.name,
      origin: origin)
    try await office.database.atomically([SessionStore.end(session.id), AuditStore.append(entry)])
  }

  /// - Parameters:
  ///   - who: asks for it.
  ///   - own: nil: everybody's sessions may be ended; else only this account's. Another one's is treated as if it were not there.
  /// - Returns: whether there was such a session.
  func revoke(_ session: Identifier, by who: AuditedPerson, only own: Identifier?, _ origin: SignInOrigin) async throws -> Bool {
    let now = office.now()
    return try await office.database.transaction { transaction in
      let ended = try await transaction.query(SessionStore.end(session, of: own)).column(Identifier.self)
      guard let account = ended.first else { return false }
      let name = try AccountStore.read(try await transaction.query(AccountStore.find(account))).first?.account.name ?? ""
      let entry = AuditEntry(
        at: now, who: who, action: AuditEntry.Action.sessionRevoked.rawValue, target: name, detail: session.description, origin: origin)
      _ = try await transaction.query(AuditStore.append(entry))
      return true
    }
  }
}
