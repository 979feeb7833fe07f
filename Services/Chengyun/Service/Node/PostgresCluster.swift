internal import ChengyunDomain
internal import Glibc
internal import Reactor

/// The node's own PostgreSQL: a cluster that listens on a Unix socket only.
struct PostgresCluster: Sendable {
  /// Where Debian puts the programs.
  static let programs = "/usr/lib/postgresql/15/bin"
  /// Names the socket file; every node has a folder of its own for it.
  static let port = 5_432
  /// Longest socket folder: the kernel takes 107 bytes for folder and file together.
  static let socketFolderLimit = 80
  /// PostgreSQL refuses to run as root, so root runs it as this user.
  static let systemUser = "postgres"
  /// How long a start may take, crash recovery included.
  static let startPatience = Duration.seconds(120)

  let folder: NodeFolder
  /// Holds `data` and, when it is short enough, `run`.
  let home: String

  var data: String { Files.joined(home, "data") }
  var socketFolder: String {
    let inside = Files.joined(home, "run")
    return inside.utf8.count <= Self.socketFolderLimit ? inside : "/tmp/chengyun-\(shortName(of: home))"
  }
  var user: String? { geteuid() == 0 ? Self.systemUser : nil }
  var isInitialised: Bool { Files.exists(Files.joined(data, "PG_VERSION")) }

  /// The superuser's connection, for `chengyun status`.
  func operatorDSN() throws -> String {
    let password = try Secrets.password(of: DatabaseProvision.superuser, in: folder)
    let host = socketFolder.utf8.map { byte in
      let character = Character(Unicode.Scalar(byte))
      return character.isLetter || character.isNumber || "-_.".contains(character) ? String(character) : "%" + hex(byte)
    }.joined()
    return "postgresql://\(DatabaseProvision.superuser):\(password)@/\(DatabaseProvision.database)?host=\(host)&port=\(Self.port)"
  }

  func serviceDSN(_ service: ServiceName) throws -> String {
    let password = try Secrets.password(of: service.rawValue, in: folder)
    return "host=\(socketFolder) port=\(Self.port) dbname=\(DatabaseProvision.database) user=\(service.rawValue) "
      + "password=\(password) application_name=\(service.rawValue)"
  }

  /// Finds the cluster's place, or chooses one that the user who runs it can reach.
  static func locate(in folder: NodeFolder, apart: ApartClusters = ApartClusters()) throws -> PostgresCluster {
    guard Files.isExecutable("\(programs)/postgres") else {
      throw HostError("PostgreSQL 15 is missing (\(programs)); install postgresql-15 and postgresql-15-postgis-3")
    }
    if let elsewhere = named(by: folder) {
      let cluster = PostgresCluster(folder: folder, home: elsewhere)
      try cluster.makeHome()
      try apart.claim(elsewhere, for: folder)
      return cluster
    }
    let cluster = PostgresCluster(folder: folder, home: folder.postgres)
    if cluster.isInitialised { return cluster }
    guard geteuid() == 0 else {
      try Files.makeFolder(cluster.home, mode: 0o700)
      return cluster
    }
    guard getpwnam(systemUser) != nil else { throw HostError("there is no system user \(systemUser); install postgresql-15") }
    try cluster.makeHome()
    if try cluster.isReachable() { return cluster }
    rmdir(cluster.home)
    // A folder on the way is closed to that user (a home folder, a private temporary one): the cluster lives apart.
    let away = PostgresCluster(folder: folder, home: apart.home(for: folder))
    try away.makeHome()
    guard try away.isReachable() else {
      rmdir(away.home)
      throw HostError("the system user \(systemUser) can reach neither \(folder.postgres) nor \(away.home)")
    }
    try apart.claim(away.home, for: folder)
    return away
  }

  /// The cluster that the folder names as its own when it lives elsewhere.
  static func named(by folder: NodeFolder) -> String? {
    Files.readText(folder.postgresElsewhere)?.split(separator: "\n").first.map(String.init)
  }

  /// Everything that belongs to it. It must not run.
  func remove() throws(HostError) {
    try Files.removeTree(home)
    if !socketFolder.hasPrefix(home + "/") { try Files.removeTree(socketFolder) }
  }

  private func makeHome() throws(HostError) {
    try Files.makeFolder(home, mode: 0o711)
    try giveToUser(home)
  }

  private func isReachable() throws(HostError) -> Bool {
    let probe = Launch(executable: "/usr/bin/test", arguments: ["-w", home], environment: [:], user: user)
    return try probe.runToEnd() == .exited(0)
  }

  func giveToUser(_ path: String) throws(HostError) {
    guard let user else { return }
    guard let entry = getpwnam(user), chown(path, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0 else {
      throw HostError("give to \(user)", path)
    }
  }

  private func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count == 1 ? "0" + digits : digits
  }
}
