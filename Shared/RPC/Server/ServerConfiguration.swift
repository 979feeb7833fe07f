public import Cryptography

/// Where and how a server listens.
public struct ServerConfiguration: Sendable {
  /// A numeric address. Default 127.0.0.1.
  public var host: String
  /// 0 takes a free one; `Server.start` says which.
  public var port: UInt16
  /// nil speaks plain text.
  public var tls: TLSContext?
  public var limits: Limits
  /// In plain text nobody has a name: let callers pass every rule (true) or only `AccessRule.anyone` (false, the default).
  public var trustPlaintextPeers: Bool

  public init(
    host: String = "127.0.0.1", port: UInt16 = 0, tls: TLSContext? = nil, limits: Limits = Limits(), trustPlaintextPeers: Bool = false
  ) {
    self.host = host
    self.port = port
    self.tls = tls
    self.limits = limits
    self.trustPlaintextPeers = trustPlaintextPeers
  }
}
