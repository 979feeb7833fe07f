// Believes nobody's word about a person, the console's least of all.
internal import CityModel
internal import CommonAPI
package import Cryptography
public import RPC
internal import Synchronization
internal import Wire

/// Verifies the identity that comes with a call: signed by this node's dispatch, for this node, now. What was verified once is remembered
/// by its bytes until it ends.
public final class IdentityVerifier: PersonVerifier {
  /// Identities remembered at most: 4,096. Beyond it the ended ones are forgotten, then all.
  static let memory = 4_096
  /// Largest identity looked at, in bytes: 8 KiB.
  static let largest = 8 << 10

  /// Microseconds of the years 1970 to 2199.
  private static let times: Range<Int64> = 0..<7_258_118_400_000_000

  /// nil in plain text: then identities are taken as they are, as the callers themselves are.
  private let authorities: TrustedAuthorities?
  private let issuer: ServiceIdentity
  private let now: @Sendable () -> Instant
  private let known = Mutex<[[UInt8]: Known]>([:])

  private struct Known {
    let person: Person
    let from: Instant
    let until: Instant
  }

  /// - Parameter service: Any service of the node.
  package convenience init(authorities: TrustedAuthorities?, service: ServiceIdentity) {
    self.init(authorities: authorities, service: service, now: systemNow)
  }

  init(authorities: TrustedAuthorities?, service: ServiceIdentity, now: @escaping @Sendable () -> Instant) {
    self.authorities = authorities
    issuer = ServiceIdentity(city: service.city, tier: service.tier, node: service.node, service: ServiceName.dispatch)
    self.now = now
  }

  public func person(of call: CallContext) throws(RPCError) -> Person? {
    guard let bytes = call.metadata.firstBytes(named: IdentityKeys.metadata) else { return nil }
    return try person(signed: bytes)
  }

  func person(signed bytes: [UInt8]) throws(RPCError) -> Person {
    let now = now()
    if let found = known.withLock({ $0[bytes] }) {
      guard found.from <= now, now < found.until else { throw Self.ended }
      return found.person
    }
    let (person, from, until) = try verified(bytes)
    guard from <= now, now < until else { throw Self.ended }
    remember(bytes, Known(person: person, from: from, until: until), now)
    return person
  }

  private func remember(_ bytes: [UInt8], _ one: Known, _ now: Instant) {
    known.withLock { known in
      if known.count >= Self.memory { known = known.filter { $0.value.until > now } }
      if known.count >= Self.memory { known.removeAll() }
      known[bytes] = one
    }
  }

  private func verified(_ bytes: [UInt8]) throws(RPCError) -> (Person, from: Instant, until: Instant) {
    guard bytes.count <= Self.largest, let signed = try? SignedIdentity(decoding: bytes), isSigned(signed),
      let identity = try? Identity(decoding: signed.identity), identity.node == issuer.nodeName,
      let id = Identifier(bytes: identity.userId), !identity.name.isEmpty
    else { throw Self.unproven }
    // Unsigned ones may say anything, times that cannot be reckoned with among it.
    guard Self.times.contains(identity.issuedAtUs), Self.times.contains(identity.expiresAtUs) else { throw Self.unproven }
    let (issued, until) = (Instant(microseconds: identity.issuedAtUs), Instant(microseconds: identity.expiresAtUs))
    // Dispatch never says it for longer; a longer one is none of its.
    guard until - issued <= IdentityLife.duration else { throw Self.unproven }
    let person = Person(
      id: id.description, name: identity.name, displayName: identity.displayName, roles: identity.roles, department: identity.department,
      crew: identity.crew, district: identity.district, session: identity.sessionId)
    return (person, issued - IdentityLife.skew, until)
  }

  private func isSigned(_ signed: SignedIdentity) -> Bool {
    guard let authorities else { return true }
    guard let certificate = try? authorities.verify(certificateDER: signed.certificate, now: now().seconds),
      certificate.names.uris == [issuer.uri]
    else { return false }
    return certificate.verifies(signed.signature, of: IdentityKeys.purpose + signed.identity)
  }

  private static let unproven = RPCError(
    .unauthenticated, refusal: "identity.invalid", sentence: "身份无法验证，请重新登录。 The identity is not proven; sign in again.")
  private static let ended = RPCError(
    .unauthenticated, refusal: "identity.expired", sentence: "身份已过期，请重试或重新登录。 The identity has ended; repeat, or sign in again.")
}
