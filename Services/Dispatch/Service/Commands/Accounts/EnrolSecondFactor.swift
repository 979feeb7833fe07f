internal import CityModel
internal import Cryptography
internal import DispatchDomain
internal import Postgres

/// 第二因素: a secret for an authenticator app, which counts once its first code was shown.
struct EnrolSecondFactor: Sendable {
  let office: AccountsOffice

  /// - Parameter password: the account's: a session that was left open or stolen enrols nobody, and replaces nobody's factor.
  /// - Returns: the secret as apps take it, and the address that apps read from a picture.
  /// - Throws: `AccountRefusal.passwordWrong`, `.throttled`, `.busy`, `.sessionEnded`.
  func begin(
    _ token: SessionToken, password: String, _ origin: SignInOrigin, _ patience: Patience
  ) async throws -> (secret: String, uri: String) {
    let (session, record) = try await office.session(token)
    guard try await PasswordCheck(office: office)([password], of: record, origin, patience) != nil else {
      try await office.append(entry(.secondFactorBegun, record, session, .failed, "password", origin))
      throw AccountRefusal.passwordWrong
    }
    let secret = TOTP.newSecret()
    let sealed = office.seal(secret, of: record.account.id)
    try await office.database.transaction { transaction in
      // Another password holds by now: this session has ended with the old one, or is about to.
      guard try await transaction.query(AccountStore.begin(sealed, of: record.account.id, knowing: record.passwordHash)).affected == 1
      else { throw AccountRefusal.sessionEnded }
      try await transaction.commit(after: [AuditStore.append(entry(.secondFactorBegun, record, session, .done, "", origin))])
    }
    let text = TOTP.text(of: secret)
    return (text, "otpauth://totp/Chengyun:\(record.account.name)?secret=\(text)&issuer=Chengyun&algorithm=SHA1&digits=6&period=30")
  }

  /// From now on it counts. All other sessions of the person end: they were begun without it.
  ///
  /// - Throws: `AccountRefusal.secondFactorWrong`, `.noSecondFactorBegun`, `.throttled`.
  func confirm(_ token: SessionToken, code: String, _ origin: SignInOrigin) async throws {
    let (session, record) = try await office.session(token)
    guard let sealed = record.pendingFactor else { throw AccountRefusal.noSecondFactorBegun }
    let subjects = [AttemptSubject.name(record.account.name), AttemptSubject.address(origin.address)]
    let guardian = AttemptGuard(office: office)
    try await guardian.begin(subjects)
    let secret = try office.open(sealed, of: record.account.id)
    guard let step = TOTP.matchingStep(code, secret: secret, at: office.now().seconds, lastUsed: nil) else {
      try await office.append(entry(.secondFactorEnrolled, record, session, .failed, "second factor", origin))
      throw AccountRefusal.secondFactorWrong
    }
    try await guardian.takeBack(subjects)
    try await office.database.transaction { transaction in
      // Begun anew, or taken away, meanwhile: what was confirmed is not what would count.
      guard try await transaction.query(AccountStore.confirmFactor(sealed, of: record.account.id, step: step)).affected == 1 else {
        throw AccountRefusal.noSecondFactorBegun
      }
      try await transaction.commit(after: [
        SessionStore.endAll(of: record.account.id, but: session.id),
        AuditStore.append(entry(.secondFactorEnrolled, record, session, .done, "", origin)),
      ])
    }
  }

  private func entry(
    _ action: AuditEntry.Action, _ record: AccountRecord, _ session: SessionRecord, _ result: AuditEntry.Result, _ detail: String,
    _ origin: SignInOrigin
  ) -> AuditEntry {
    AuditEntry(
      at: office.now(), who: record.audited(session.id), action: action.rawValue, target: record.account.name, result: result,
      detail: detail, origin: origin)
  }
}
