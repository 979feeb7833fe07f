internal import CityModel
internal import Cryptography
internal import DispatchDomain
internal import Postgres

/// 登录: name, password and, where there is one, the second factor become a session.
struct SignIn: Sendable {
  let office: AccountsOffice
  let guardian: AttemptGuard

  struct Attempt: Sendable {
    var name: String
    var password: String
    var code: String
    var origin: SignInOrigin
    var patience: Patience
  }

  struct SignedIn: Sendable {
    let token: SessionToken
    let session: SessionRecord
    let record: AccountRecord
  }

  init(office: AccountsOffice) {
    self.office = office
    guardian = AttemptGuard(office: office)
  }

  /// - Throws: `AccountRefusal`.
  func callAsFunction(_ attempt: Attempt) async throws -> SignedIn {
    let name = attempt.name.lowercased()
    let subjects = [AttemptSubject.name(name), AttemptSubject.address(attempt.origin.address)]
    try await guardian.begin(subjects)
    let known = Account.isName(name) ? try AccountStore.read(try await office.database.query(AccountStore.find(name: name))).first : nil
    let isRight = try await guardian.excusing(subjects) {
      try await office.hasher.verify(attempt.password, against: known?.passwordHash, attempt.patience)
    }
    guard isRight, let record = known, !record.account.disabled else {
      try await office.append(entry(attempt, known, .failed, "password"))
      throw AccountRefusal.signInFailed
    }
    try await checkSecondFactor(of: record, attempt, subjects)
    return try await open(record, attempt, subjects)
  }

  private func checkSecondFactor(of record: AccountRecord, _ attempt: Attempt, _ subjects: [AttemptSubject]) async throws {
    guard let sealed = record.secondFactor else { return }
    guard !attempt.code.isEmpty else {
      // Half way is no failure.
      try await guardian.takeBack(subjects)
      throw AccountRefusal.secondFactorRequired
    }
    let secret = try office.open(sealed, of: record.account.id)
    if let step = TOTP.matchingStep(attempt.code, secret: secret, at: office.now().seconds, lastUsed: record.usedStep),
      try await !office.database.query(AccountStore.use(step: step, of: record.account.id)).isEmpty
    {
      return
    }
    try await office.append(entry(attempt, record, .failed, "second factor"))
    throw AccountRefusal.secondFactorWrong
  }

  private func open(_ record: AccountRecord, _ attempt: Attempt, _ subjects: [AttemptSubject]) async throws -> SignedIn {
    let now = office.now()
    let id = record.account.id
    let token = SessionToken.random()
    let session = SessionRecord(
      id: office.newID(now), account: id, origin: attempt.origin, startedAt: now, lastUsedAt: now, expiresAt: now + SessionLife.longest)
    try await office.database.transaction { transaction in
      // Locked, so that nobody is disabled, or given another password or second factor, in between.
      let again = try AccountStore.read(try await transaction.query(AccountStore.find(id, locked: true))).first
      guard let again, !again.account.disabled, again.passwordHash == record.passwordHash, again.secondFactor == record.secondFactor,
        let hash = token.hash
      else { throw AccountRefusal.signInFailed }
      let statements =
        SessionStore.tidy(at: now, account: id) + [
          SessionStore.insert(session, tokenHash: hash), AccountStore.signedIn(id, at: now), AttemptStore.tidy(at: now),
          AuditStore.append(entry(attempt, record, .done, "", session: session.id)),
        ]
      _ = try await transaction.pipeline(statements)
    }
    try await guardian.takeBack(subjects, forgetting: subjects[0])
    return SignedIn(token: token, session: session, record: record)
  }

  private func entry(
    _ attempt: Attempt, _ record: AccountRecord?, _ result: AuditEntry.Result, _ detail: String, session: Identifier? = nil
  ) -> AuditEntry {
    // What was typed as a name is kept only when it can be one: people type their password there, too.
    let name = attempt.name.lowercased()
    let who = record?.audited(session) ?? AuditedPerson(name: Account.isName(name) ? name : "?")
    return AuditEntry(
      at: office.now(), who: who, action: AuditEntry.Action.signIn.rawValue, target: who.name, result: result, detail: detail,
      origin: attempt.origin)
  }
}

/// Counts attempts before they are made, so that many at once are slowed down like many in a row.
struct AttemptGuard: Sendable {
  let office: AccountsOffice

  /// - Throws: `AccountRefusal.throttled`.
  func begin(_ subjects: [AttemptSubject]) async throws {
    let now = office.now()
    try await office.database.transaction { transaction in
      let found = try AttemptStore.read(try await transaction.query(AttemptStore.lock(subjects, at: now)))
      let counted = try subjects.map { subject in
        AttemptStore.store(try (found[subject.key] ?? .none(at: now)).trying(subject.delay, at: now), subject)
      }
      _ = try await transaction.pipeline(counted)
    }
  }

  /// Runs what is counted. What came to nothing because we were busy is no failure of theirs.
  func excusing<Result>(_ subjects: [AttemptSubject], _ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch AccountRefusal.busy {
      if !subjects.isEmpty { try await takeBack(subjects) }
      throw AccountRefusal.busy
    }
  }

  /// The attempt was no failure.
  /// - Parameter forgotten: whose owner has proven to be it.
  func takeBack(_ subjects: [AttemptSubject], forgetting forgotten: AttemptSubject? = nil) async throws {
    let now = office.now()
    try await office.database.transaction { transaction in
      let found = try AttemptStore.read(try await transaction.query(AttemptStore.lock(subjects, at: now)))
      let statements = subjects.map { subject in
        subject == forgotten
          ? AttemptStore.forget(subject) : AttemptStore.store((found[subject.key] ?? .none(at: now)).succeeded(at: now), subject)
      }
      _ = try await transaction.pipeline(statements)
    }
  }
}
