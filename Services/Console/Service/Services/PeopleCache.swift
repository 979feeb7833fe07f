internal import AccountsAPI
internal import CommonAPI
internal import ConsoleDomain
internal import Cryptography
internal import RPC
internal import Reactor
internal import Synchronization

/// Asks dispatch who a session token belongs to, and remembers the answer for a moment: a map asks for forty tiles at once.
/// A revoked session therefore lives on for at most `lifetime`; a service still refuses an identity that has run out.
final class PeopleCache: Sendable {
  static let lifetime = Duration.seconds(10)
  static let capacity = 10_000

  private struct Entry {
    let person: Person
    let until: MonotonicTime
    let isUse: Bool
  }

  private let accounts: AccountsClient
  private let now: @Sendable () -> MonotonicTime
  private let entries = Mutex<[[UInt8]: Entry]>([:])

  init(accounts: AccountsClient, now: @escaping @Sendable () -> MonotonicTime) {
    self.accounts = accounts
    self.now = now
  }

  /// Nil when the session has ended.
  /// - Parameter isUse: Somebody uses the session, which keeps it alive. What is remembered of a look does not serve for a use:
  ///   dispatch would never hear of it.
  func person(of token: String, isUse: Bool) async throws -> Person? {
    let key = Hash.sha256(Array(token.utf8))
    let now = now()
    if let known = entries.withLock({ $0[key] }), known.until > now, known.isUse || !isUse { return known.person }
    do {
      let options = CallOptions(timeout: Limits.callTimeout, waitForReady: false, retry: RetryPolicy(maxAttempts: 3))
      let person = Person(try await accounts.identify(IdentifyRequest(sessionToken: token, lookOnly: !isUse), options))
      entries.withLock { entries in
        if entries.count >= Self.capacity { entries = entries.filter { $0.value.until > now } }
        if entries.count < Self.capacity { entries[key] = Entry(person: person, until: now.advanced(by: Self.lifetime), isUse: isUse) }
      }
      return person
    } catch let error as RPCError where error.code == .unauthenticated || error.metadata.first(named: "refusal-code") == "session_ended" {
      forget(token)
      return nil
    }
  }

  func forget(_ token: String) { entries.withLock { _ = $0.removeValue(forKey: Hash.sha256(Array(token.utf8))) } }
  func forget(where isMeant: (Identity) -> Bool) { entries.withLock { $0 = $0.filter { !isMeant($0.value.person.identity) } } }
}
