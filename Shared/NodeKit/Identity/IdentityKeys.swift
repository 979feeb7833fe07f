// Names around a person's identity.

/// How an identity travels, and what it is signed with.
public enum IdentityKeys {
  /// The metadata that carries a `chengyun.common.v1.SignedIdentity`.
  public static let metadata = "chengyun-identity-bin"
  /// In front of the signed bytes, with a zero byte, so that the signature is good for nothing else.
  static let purpose = Array("chengyun identity v1".utf8) + [0]
}

/// How long an identity is good for.
public enum IdentityLife {
  /// From issue to end: 2 minutes. So long a revoked session may still act.
  public static let duration: Duration = .seconds(120)
  /// Tolerance for the issuer's clock being ahead: 30 s.
  static let skew: Duration = .seconds(30)
}
