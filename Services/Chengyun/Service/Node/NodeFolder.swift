internal import ChengyunDomain
internal import Glibc

/// Where a node keeps everything: one folder, `.chengyun` unless told otherwise.
struct NodeFolder: Sendable, Hashable {
  static let defaultPath = ".chengyun"

  let root: String

  /// The path need not exist.
  init(_ path: String) { root = Files.absolute(path) }

  var settingsFile: String { Files.joined(root, "settings.json") }
  /// What the running node says of itself; holds the database's password, hence mode 0600.
  var statusFile: String { Files.joined(root, "node.json") }
  var lockFile: String { Files.joined(root, "up.lock") }
  var certificates: String { Files.joined(root, "tls") }
  var secrets: String { Files.joined(root, "secrets") }
  var logs: String { Files.joined(root, "log") }
  var replays: String { Files.joined(root, "replays") }
  var postgres: String { Files.joined(root, "postgres") }
  /// Holds the path of the cluster when it cannot live in this folder.
  var postgresElsewhere: String { Files.joined(root, "postgres.path") }

  var fieldKeyFile: String { Files.joined(secrets, "field.key") }
  var firstAdministratorFile: String { Files.joined(secrets, "first-administrator.json") }
  var demoUsersFile: String { Files.joined(secrets, "demo-users.json") }
  func passwordFile(of role: String) -> String { Files.joined(secrets, "postgres-\(role)") }
  func certificate(of name: String) -> String { Files.joined(certificates, "\(name).crt") }
  func key(of name: String) -> String { Files.joined(certificates, "\(name).key") }
  func log(of name: String) -> String { Files.joined(logs, "\(name).log") }

  var exists: Bool { Files.exists(settingsFile) }

  /// Makes what is missing. The secrets are for this user alone; the folder itself can be passed through by the user that runs PostgreSQL.
  func prepare() throws(HostError) {
    try Files.makeFolder(root, mode: geteuid() == 0 ? 0o711 : 0o700)
    try Files.makeFolder(certificates, mode: 0o700)
    try Files.makeFolder(secrets, mode: 0o700)
    try Files.makeFolder(logs, mode: geteuid() == 0 ? 0o711 : 0o700)
    try Files.makeFolder(replays, mode: 0o700)
    // Also after the folder was copied by something that does not keep modes.
    for secret in [certificates, secrets] {
      guard chmod(secret, 0o700) == 0 else { throw HostError("set the mode of", secret) }
    }
  }

  /// What a node makes here, the cluster apart; a folder may hold other things beside it.
  var contents: [String] {
    [settingsFile, statusFile, certificates, secrets, logs, replays, postgres, postgresElsewhere, lockFile].filter { Files.exists($0) }
  }

  /// The settings kept here; nil before the first start.
  func settings() throws(HostError) -> NodeSettings? {
    guard Files.exists(settingsFile) else { return nil }
    do throws(JSONSyntaxError) {
      return NodeSettings(try JSONParser.parse(try readBytes(settingsFile)))
    } catch {
      throw HostError("\(settingsFile): \(error)")
    }
  }

  func store(_ settings: NodeSettings) throws(HostError) {
    try Files.write(Array(settings.json.rendered().utf8), to: settingsFile, mode: 0o644)
  }

  /// What the node said last; stopped when nobody holds the lock. Nil before the first start.
  func status() -> NodeStatus? {
    guard let bytes = try? Files.read(statusFile), let root = try? JSONParser.parse(bytes), var status = NodeStatus(root) else {
      return nil
    }
    if !LockFile.isHeld(lockFile) { status.markStopped() }
    return status
  }

  func store(_ status: NodeStatus) throws(HostError) {
    try Files.write(Array(status.json.rendered().utf8), to: statusFile, mode: 0o600)
  }

  private func readBytes(_ path: String) throws(JSONSyntaxError) -> [UInt8] {
    guard let bytes = try? Files.read(path) else { throw JSONSyntaxError(line: 1, column: 1, message: "cannot be read") }
    return bytes
  }
}
