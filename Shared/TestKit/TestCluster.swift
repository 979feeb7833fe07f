internal import CLinux
internal import Glibc
internal import Reactor

/// A PostgreSQL of the test process's own: made in a temporary folder on first use, gone with the process, however that ends.
///
/// It runs without fsync, because a test's data need not survive a power cut; everything else is as in production. A shell watches the
/// pipe that the test process holds open: at its end it stops PostgreSQL and removes the folder.
public final class TestCluster: Sendable {
  /// Server processes at most: 400.
  static let connectionLimit = 400
  /// The database with PostGIS in its schema `public`.
  public static let database = "city"

  /// The folder, which is the socket's folder, too. Short, because a socket's path has at most 107 bytes.
  public let folder: String
  /// Held open by this process and no other: the descriptor is closed on exec.
  private let lifeline: Int32

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  private static let starting = Task { try await OffloadPool.run { try TestCluster() } }

  /// The cluster of this process.
  public static var shared: TestCluster {
    get async throws { try await starting.value }
  }

  /// libpq's connection string for the superuser, or another role.
  public func conninfo(role: String = "postgres") -> String {
    "host=\(folder) port=5432 dbname=\(Self.database) user=\(role)"
  }

  deinit { close(lifeline) }

  // MARK: Start

  /// initdb, start, one database, then wait for the end of the standard input.
  private static let script = """
    folder=$1 bin=$2 options=$3; shift 3
    fail() { echo "$1"; tail -n 20 "$folder"/*log; rm -rf "$folder"; exit 1; }
    cd /
    "$@" "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/log" 2>&1 || fail initdb
    "$@" "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -t 60 -o "$options" start >/dev/null 2>&1 </dev/null || fail start
    run() { db=$1; shift; sql=$1; shift; "$@" "$bin/psql" -h "$folder" -U postgres -q -d "$db" -v ON_ERROR_STOP=1 -c "$sql"; }
    run postgres 'CREATE DATABASE city' "$@" >>"$folder/log" 2>&1 </dev/null || fail database
    run city 'CREATE EXTENSION postgis' "$@" >>"$folder/log" 2>&1 </dev/null || fail postgis
    echo ready
    exec >/dev/null 2>&1
    cat
    "$@" "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop
    rm -rf "$folder"
    """

  /// Blocks for a second or two.
  private init() throws {
    let isRoot = getuid() == 0
    let bin = try Self.binaries()
    folder = try Self.makeFolder(ownedByPostgres: isRoot)
    let options =
      "-k \(folder) -c listen_addresses= -c max_connections=\(Self.connectionLimit) -c shared_buffers=64MB -c fsync=off"
      + " -c full_page_writes=off"
    var toShell: [Int32] = [0, 0]
    var fromShell: [Int32] = [0, 0]
    // Sockets, because they can be made so that no other child that is just being spawned inherits them.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &toShell) == 0, socketpair(AF_UNIX, kind, 0, &fromShell) == 0 else {
      throw SystemError("socketpair")
    }
    // PostgreSQL refuses to run as root.
    let prefix = isRoot ? ["runuser", "-u", "postgres", "--"] : ["env"]
    let arguments = ["/bin/sh", "-c", Self.script, "sh", folder, bin, options] + prefix
    try Self.spawn(arguments, input: toShell[0], output: fromShell[1])
    close(toShell[0])
    close(fromShell[1])
    lifeline = toShell[1]
    defer { close(fromShell[0]) }
    let answer = Self.readLine(fromShell[0])
    guard answer.hasPrefix("ready") else { throw Failure(description: "PostgreSQL for tests did not start: \(answer)") }
  }

  private static func binaries() throws -> String {
    if let given = getenv("CHENGYUN_POSTGRES_BIN") { return String(cString: given) }
    for version in stride(from: 19, through: 14, by: -1) {
      let path = "/usr/lib/postgresql/\(version)/bin"
      if access("\(path)/postgres", X_OK) == 0 { return path }
    }
    throw Failure(description: "PostgreSQL's server programs are not installed; CHENGYUN_POSTGRES_BIN may name their folder")
  }

  private static func makeFolder(ownedByPostgres: Bool) throws -> String {
    var path = Array("/tmp/cytest-XXXXXX".utf8CString)
    guard mkdtemp(&path) != nil else { throw SystemError("mkdtemp") }
    if ownedByPostgres {
      guard let user = getpwnam("postgres") else { throw Failure(description: "there is no system user postgres") }
      guard chown(&path, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else { throw SystemError("chown") }
    }
    return path.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  /// POSIX_SPAWN_SETSID of <spawn.h>, which Swift's Glibc does not show.
  private static let spawnInNewSession: Int16 = 0x80

  /// In a session of its own, so that a Ctrl-C for the tests does not reach it before it has cleaned up.
  private static func spawn(_ arguments: [String], input: Int32, output: Int32) throws {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    // Foundation hears of the end of a process that another test just starts by a socket that nobody else may hold.
    chengyun_spawn_closing_rest(&actions)
    posix_spawnattr_setflags(&attributes, Self.spawnInNewSession)
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, arguments[0], &actions, &attributes, pointers, environ)
    guard result == 0 else { throw SystemError("posix_spawn", errno: result) }
  }

  /// Up to "ready" or the end.
  private static func readLine(_ descriptor: Int32) -> String {
    var answer = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !answer.hasPrefix("ready") {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      answer += String(decoding: buffer[..<count], as: UTF8.self)
    }
    return answer
  }
}
