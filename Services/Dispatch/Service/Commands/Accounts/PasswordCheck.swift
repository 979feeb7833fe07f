internal import DispatchDomain

/// 核对当前密码: whoever changes what an account is signed in with knows its password; a session may be a stolen one. Counted and slowed down
/// as signing in is.
struct PasswordCheck: Sendable {
  let office: AccountsOffice

  /// - Returns: the place of the first of the candidates that is the account's password; nil when none is, which is one failure.
  /// - Throws: `AccountRefusal.throttled`, `.busy`.
  func callAsFunction(
    _ candidates: [String], of record: AccountRecord, _ origin: SignInOrigin, _ patience: Patience
  ) async throws -> Int? {
    let subjects = [AttemptSubject.name(record.account.name), AttemptSubject.address(origin.address)]
    let guardian = AttemptGuard(office: office)
    try await guardian.begin(subjects)
    for (place, candidate) in candidates.enumerated() {
      // After the first one a guess has been made, whatever becomes of the others.
      let isRight = try await guardian.excusing(place == 0 ? subjects : []) {
        try await office.hasher.verify(candidate, against: record.passwordHash, patience)
      }
      guard isRight else { continue }
      try await guardian.takeBack(subjects)
      return place
    }
    return nil
  }
}
