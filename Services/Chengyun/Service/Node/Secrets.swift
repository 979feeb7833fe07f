internal import Cryptography

/// Secrets of a node: made once, kept in files that only this user can read.
enum Secrets {
  /// Bytes of the node's secret, from which the services derive the keys of fields and of tracking tokens.
  static let fieldKeyBytes = 32

  static func ensureFieldKey(in folder: NodeFolder) throws {
    guard !Files.exists(folder.fieldKeyFile) else { return }
    try Files.write(Random.bytes(fieldKeyBytes), to: folder.fieldKeyFile, mode: 0o600)
  }

  /// The password of a database role: 160 random bits.
  static func password(of role: String, in folder: NodeFolder) throws -> String {
    let path = folder.passwordFile(of: role)
    if let password = Files.readText(path), !password.isEmpty { return password }
    let password = Base32.encode(Random.bytes(20))
    try Files.write(Array(password.utf8), to: path, mode: 0o600)
    return password
  }
}
