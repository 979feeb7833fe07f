// Says who a person is, in a way that every service can check for itself.
public import CityModel
public import CommonAPI
package import Cryptography
package import RPC
internal import Wire

/// Signs identities with the key of this service's certificate. Those of dispatch count; nobody believes another service's.
public struct IdentityIssuer: Sendable {
  /// nil in plain text, where nothing is proven to anybody.
  private let key: SigningKey?
  private let node: String

  package init(key: SigningKey?, identity: ServiceIdentity) {
    self.key = key
    node = identity.nodeName
  }

  /// The identity with its times and node set, and the same signed.
  /// - Parameter now: The system's time, also while a replay drives the node's clock.
  /// - Throws: `CryptographyError`.
  public func issue(_ identity: Identity, now: Instant) throws -> (identity: Identity, signed: SignedIdentity) {
    var identity = identity
    identity.node = node
    identity.issuedAtUs = now.microseconds
    identity.expiresAtUs = (now + IdentityLife.duration).microseconds
    let bytes = identity.encoded()
    guard let key else { return (identity, SignedIdentity(identity: bytes)) }
    let signature = try key.sign(IdentityKeys.purpose + bytes)
    return (identity, SignedIdentity(identity: bytes, signature: signature, certificate: key.certificateDER))
  }
}

extension ServiceIdentity {
  /// City, tier and node: what the certificates of one node have in common.
  var nodeName: String { "\(city)/\(tier)/\(node)" }
}
