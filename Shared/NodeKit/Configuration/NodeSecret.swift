// The node's one secret, from which the keys for stored personal data and tracking tokens are derived.
public import Cryptography
internal import Glibc

/// 32 random bytes that a node makes once and keeps as long as its data.
public struct NodeSecret: Sendable {
  public static let byteCount = 32
  private let bytes: [UInt8]

  /// - Precondition: 32 bytes.
  public init(_ bytes: [UInt8]) {
    precondition(bytes.count == Self.byteCount, "a node's secret has 32 bytes")
    self.bytes = bytes
  }

  /// Blocking, 32 bytes: for start-up.
  public init(file path: String) throws(ConfigurationError) {
    guard let file = fopen(path, "rbe") else {
      throw ConfigurationError(path, "cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: Self.byteCount + 1)
    guard fread(&bytes, 1, bytes.count, file) == Self.byteCount else {
      throw ConfigurationError(path, "must hold exactly 32 bytes")
    }
    self.init(Array(bytes.dropLast()))
  }

  public var fieldCipher: FieldCipher { FieldCipher(key: Hash.deriveKey(from: bytes, label: KeyLabels.fields)) }
  public var trackingTokens: TrackingTokens { TrackingTokens(key: Hash.deriveKey(from: bytes, label: KeyLabels.tracking)) }
  /// Signs the console's cookies.
  public var cookieKey: [UInt8] { Hash.deriveKey(from: bytes, label: KeyLabels.cookies) }
}
