internal import AccountsAPI
internal import CommonAPI
internal import ConsoleDomain
internal import RPC
internal import Wire

/// Who is signed in, as dispatch says, and the proof that every call carries.
struct Person: Sendable {
  let identity: Identity
  /// `SignedIdentity`, encoded: the metadata `chengyun-identity-bin`.
  let proof: [UInt8]
  let session: Session?
  let mustChangePassword: Bool
  let hasSecondFactor: Bool

  init(_ response: IdentifyResponse) {
    identity = response.identity ?? Identity()
    proof = (response.signedIdentity ?? SignedIdentity()).encoded()
    session = response.session
    mustChangePassword = response.mustChangePassword
    hasSecondFactor = response.hasSecondFactor
  }

  var roles: Set<String> { Set(identity.roles) }
  /// What of the city's events the person sees.
  var sight: Sight { Sight(roles: roles, department: identity.department, crew: identity.crew, district: identity.district) }
}
