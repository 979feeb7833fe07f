internal import CityModel
internal import Cryptography
internal import DispatchDomain
internal import Postgres

/// 第二因素: a secret for an authenticator app, which counts once its first code was shown.
struct EnrolSecondFactor: Sendable {
  let office: AccountsOffice

  /// - Returns: the secret as apps take it, and the address that apps read from a picture.
  func begin(_ token: SessionToken, _ origin: SignInOrigin) async throws -> (secret: String, uri: String) {
    let (session, record) = try await office.session(token)
    let secret = TOTP.newSecret()
    try await office.database.atomically([
      AccountStore.begin(office.seal(secret, of: record.account.id), of: record.account.id),
      AuditStore.append(entry(.secondFactorBegun, record, session, .done, origin)),
    ])
    let text = TOTP.text(of: secret)
    return (text, "otpauth://totp/Chengyun:\(record.account.name)?secret=\(text)&issuer=Chengyun&algorithm=SHA1&digits=6&period=30")
  }

  /// - Throws: `AccountRefusal.secondFactorWrong`, `.noSecondFactorBegun`, `.throttled`.
  func confirm(_ token: SessionToken, code: String, _ origin: SignInOrigin) async throws {
    let (session, record) = try await office.session(token)
    guard let sealed = record.pendingFactor else { throw AccountRefusal.noSecondFactorBegun }
    let subject = AttemptSubject.name(record.account.name)
    let guardian = AttemptGuard(office: office)
    try await guardian.begin([subject])
    let secret = try office.open(sealed, of: record.account.id)
    guard let step = TOTP.matchingStep(code, secret: secret, at: office.now().seconds, lastUsed: nil) else {
      try await office.append(entry(.secondFactorEnrolled, record, session, .failed, origin))
      throw AccountRefusal.secondFactorWrong
    }
    try await guardian.takeBack([subject])
    try await office.database.transaction { transaction in
      // Begun anew, or taken away, meanwhile: what was confirmed is not what would count.
      guard try await transaction.query(AccountStore.confirmFactor(sealed, of: record.account.id, step: step)).affected == 1 else {
        throw AccountRefusal.noSecondFactorBegun
      }
      try await transaction.commit(after: [AuditStore.append(entry(.secondFactorEnrolled, record, session, .done, origin))])
    }
  }

  private func entry(
    _ action: AuditEntry.Action, _ record: AccountRecord, _ session: SessionRecord, _ result: AuditEntry.Result, _ origin: SignInOrigin
  ) -> AuditEntry {
    AuditEntry(
      at: office.now(), who: record.audited(session.id), action: action.rawValue, target: record.account.name, result: result,
      origin: origin)
  }
}
