internal import CityModel
internal import Cryptography
internal import DispatchDomain
internal import NodeKit
internal import Postgres

/// What the use cases of accounts share.
struct AccountsOffice: Sendable {
  let database: Database
  let cipher: FieldCipher
  /// The system's time, also while a replay drives the node's clock: sessions of people end in theirs.
  let now: @Sendable () -> Instant
  let hasher = PasswordHasher()

  func newID(_ now: Instant) -> Identifier { Identifier.v7(at: now) }

  func seal(_ secret: [UInt8], of account: Identifier) -> [UInt8] {
    cipher.seal(Base32.encode(secret), context: SealedField.secondFactor(of: account))
  }

  /// - Throws: `CryptographyError` when the node's secret is another one than when it was sealed.
  func open(_ sealed: [UInt8], of account: Identifier) throws -> [UInt8] {
    let text = try cipher.open(sealed, context: SealedField.secondFactor(of: account))
    guard let secret = Base32.decode(text) else { throw CryptographyError(operation: "open second factor", reason: "not base 32") }
    return secret
  }

  /// The living session of a token, with its account.
  /// - Throws: `AccountRefusal.sessionEnded`, also for a disabled account.
  func session(_ token: SessionToken) async throws -> (session: SessionRecord, record: AccountRecord) {
    guard let hash = token.hash,
      let found = try SessionStore.readWithAccount(try await database.query(SessionStore.find(tokenHash: hash))),
      found.0.life.isLiving(at: now()), !found.1.account.disabled
    else { throw AccountRefusal.sessionEnded }
    return found
  }

  /// - Returns: the entry's place in the list.
  @discardableResult
  func append(_ entry: AuditEntry) async throws -> Int64 { try await database.query(AuditStore.append(entry))[0][0, Int64.self] }
}

/// 256 random bits that a browser has; the database has their hash.
struct SessionToken: Sendable {
  static let byteCount = 32
  let text: String
  /// nil for a text that is no token.
  let hash: [UInt8]?

  init(text: String) {
    self.text = text
    hash = text.utf8.count <= 100 ? Base32.decode(text).flatMap { $0.count == Self.byteCount ? Hash.sha256($0) : nil } : nil
  }

  static func random() -> SessionToken { SessionToken(text: Base32.encode(Random.bytes(byteCount))) }
}

/// A password for one sign-in: 80 random bits in four groups that can be read out.
enum OneTimePassword {
  static func random() -> String {
    let text = Array(Base32.encode(Random.bytes(10)))
    return stride(from: 0, to: text.count, by: 4).map { String(text[$0..<min($0 + 4, text.count)]) }.joined(separator: "-")
  }
}

extension AccountRecord {
  func audited(_ session: Identifier? = nil) -> AuditedPerson {
    AuditedPerson(id: account.id, name: account.name, session: session)
  }
}
