/// Where browsers find the console, and how it speaks with them.
public struct ConsolePlace: Sendable, Hashable {
  /// The IPv4 address that it listens on; 0.0.0.0: every one of this machine.
  public var listen: String
  /// This machine's name, by which browsers elsewhere find it.
  public var host: String
  /// TLS, with the certificate below or one of the node's own authority.
  public var tls: Bool
  /// PEM files of a certificate that browsers trust already, with its intermediates, and of its key; empty: the node's own.
  public var certificate: String
  public var key: String

  public static let everywhere = "0.0.0.0"

  public init(
    listen: String = NodeSettings.loopback, host: String = "localhost", tls: Bool = false, certificate: String = "", key: String = ""
  ) {
    self.listen = listen
    self.host = host
    self.tls = tls
    self.certificate = certificate
    self.key = key
  }

  /// The address at which this machine itself reaches it.
  public var near: String { listen == Self.everywhere ? NodeSettings.loopback : listen }

  public var usesOwnCertificate: Bool { tls && certificate.isEmpty }

  /// What people type.
  public func url(port: Int) -> String { "\(tls ? "https" : "http")://\(listen == Self.everywhere ? host : listen):\(port)" }

  /// - Parameter plaintext: between the services: then the node has no authority.
  func fault(plaintext: Bool) -> String? {
    guard NodeSettings.isIPv4(listen) else { return "--console-listen must be an IPv4 address of this machine, or \(Self.everywhere)" }
    guard certificate.isEmpty == key.isEmpty else { return "--console-certificate and --console-key belong together" }
    guard tls || listen == NodeSettings.loopback else {
      return "--console-listen \(listen) needs --console-tls: passwords would travel in plain text"
    }
    guard !usesOwnCertificate || !plaintext else {
      return "--plaintext makes no certificates: give --console-certificate and --console-key"
    }
    return nil
  }
}

extension ConsolePlace {
  var json: JSONText {
    .object([
      ("listen", .string(listen)), ("host", .string(host)), ("tls", .bool(tls)), ("certificate", .string(certificate)),
      ("key", .string(key)),
    ])
  }

  init(_ node: JSONNode?) {
    self.init()
    listen = node?["listen"]?.string ?? listen
    host = node?["host"]?.string ?? host
    tls = node?["tls"]?.bool ?? tls
    certificate = node?["certificate"]?.string ?? certificate
    key = node?["key"]?.string ?? key
  }
}
