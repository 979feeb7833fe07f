import Glibc
import Reactor
import Testing

@testable import ChengyunDomain
@testable import ChengyunService

@Suite("The node's PostgreSQL", .timeLimit(.minutes(2)))
struct PostgresClusterTests {
  private func psql(_ cluster: PostgresCluster, _ user: String, _ sql: String) throws -> Bool {
    let password = try Secrets.password(of: user, in: cluster.folder)
    let launch = Launch(
      executable: "\(PostgresCluster.programs)/psql",
      arguments: [
        "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", cluster.socketFolder, "-U", user, "-d", DatabaseProvision.database, "-c", sql,
      ],
      environment: ["PGPASSWORD": password])
    return try launch.runToEnd() == .exited(0)
  }

  private func prepared(_ path: String) throws -> PostgresCluster {
    let folder = NodeFolder(path)
    try folder.prepare()
    let cluster = try PostgresCluster.locate(in: folder)
    try cluster.initialise()
    try cluster.writeSettings()
    return cluster
  }

  @Test func everyServiceReachesItsOwnSchemaAndNoOther() async throws {
    let scratch = try Scratch()
    let cluster = try prepared(scratch.path + "/node")
    try await withReactors { reactors in
      let child = try await cluster.start(on: reactors.reactors[0])
      try cluster.provision()
      try cluster.provision()
      for service in ServiceName.allCases {
        let name = service.rawValue
        #expect(try psql(cluster, name, "CREATE TABLE t AS SELECT 1 AS a; SELECT * FROM \(name).t; SELECT ST_Point(1, 2)"))
        for other in ServiceName.allCases where other != service {
          #expect(try !psql(cluster, name, "CREATE TABLE \(other).u (a int)"), "\(name) may write to \(other)")
          #expect(try !psql(cluster, name, "SELECT * FROM \(other).t"), "\(name) may read from \(other)")
        }
        #expect(try !psql(cluster, name, "CREATE TABLE public.t (a int)"))
        #expect(try !psql(cluster, name, "CREATE SCHEMA mine"))
        #expect(try !psql(cluster, name, "SET ROLE \(DatabaseProvision.superuser)"))
      }
      #expect(await child.stop(PostgresCluster.stopSteps, on: reactors.reactors[0]) == .exited(0))
    }
  }

  @Test func startsAgainAfterItWasKilledAndOverStaleFiles() async throws {
    let scratch = try Scratch()
    let cluster = try prepared(scratch.path + "/node")
    try await withReactors { reactors in
      let reactor = reactors.reactors[0]
      let first = try await cluster.start(on: reactor)
      try cluster.provision()
      #expect(try psql(cluster, "intake", "CREATE TABLE kept AS SELECT 1 AS a"))
      first.send(SIGKILL)
      _ = await first.end()
      let second = try await cluster.start(on: reactor)
      #expect(try psql(cluster, "intake", "SELECT * FROM kept"))
      second.send(SIGKILL)
      _ = await second.end()
      // After a power cut the file's process number may be somebody else's: here it is this test's.
      try Files.write(Array("\(getpid())\n\(cluster.data)\n".utf8), to: cluster.data + "/postmaster.pid", mode: 0o600)
      try cluster.giveToUser(cluster.data + "/postmaster.pid")
      let third = try await cluster.start(on: reactor)
      #expect(try psql(cluster, "intake", "SELECT * FROM kept"))
      _ = await third.stop(PostgresCluster.stopSteps, on: reactor)
    }
  }

  /// Killed in the middle of initdb: the half-made cluster is not taken for one.
  @Test func aClusterThatWasNotFinishedIsMadeAgain() async throws {
    let scratch = try Scratch()
    let folder = NodeFolder(scratch.path + "/node")
    try folder.prepare()
    let cluster = try PostgresCluster.locate(in: folder)
    let home = cluster.home
    try await withReactors { reactors in
      let making = reactors.reactors[0].spawn { try await OffloadPool.run { try cluster.initialise() } }
      try await OffloadPool.run {
        while !["data", "data.new"].contains(where: { Files.exists("\(home)/\($0)/PG_VERSION") }) { sched_yield() }
        let children = Files.names(in: "/proc").compactMap { pid_t($0) }
        for pid in children where Files.readText("/proc/\(pid)/cmdline")?.contains("initdb\0--pgdata\0\(home)/") == true {
          kill(pid, SIGKILL)
        }
      }
      await #expect(throws: HostError.self) { try await making.value }
      #expect(!cluster.isInitialised)
      try cluster.initialise()
      try cluster.writeSettings()
      let child = try await cluster.start(on: reactors.reactors[0])
      try cluster.provision()
      _ = await child.stop(PostgresCluster.stopSteps, on: reactors.reactors[0])
    }
  }

  /// Whoever deletes the cluster gets a new one, with its roles.
  @Test func aDeletedClusterIsMadeAnew() async throws {
    let scratch = try Scratch()
    let cluster = try prepared(scratch.path + "/node")
    try await withReactors { reactors in
      let reactor = reactors.reactors[0]
      let first = try await cluster.start(on: reactor)
      try cluster.provision()
      _ = await first.stop(PostgresCluster.stopSteps, on: reactor)
      try cluster.remove()
      let again = try prepared(cluster.folder.root)
      let second = try await again.start(on: reactor)
      try again.provision()
      #expect(try psql(again, "intake", "CREATE TABLE t AS SELECT 1 AS a"))
      _ = await second.stop(PostgresCluster.stopSteps, on: reactor)
    }
  }

  /// A Ctrl-C while PostgreSQL starts.
  @Test func aStartThatIsCancelledStopsPostgres() async throws {
    let scratch = try Scratch()
    let cluster = try prepared(scratch.path + "/node")
    try await withReactors { reactors in
      let reactor = reactors.reactors[0]
      let starting = reactor.spawn { _ = try await cluster.start(on: reactor) }
      starting.cancel()
      await #expect(throws: CancellationError.self) { try await starting.value }
      #expect(cluster.runningPostmaster == nil)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root's clusters live apart"))
  func clustersThatLiveApartGoWithTheirFolders() throws {
    let scratch = try Scratch()
    let apart = ApartClusters(root: scratch.path + "/apart")
    func closed(_ name: String) throws -> NodeFolder {
      try Files.makeFolder(scratch.path + "/closed")
      chmod(scratch.path + "/closed", 0o700)
      let folder = NodeFolder(scratch.path + "/closed/" + name)
      try folder.prepare()
      return folder
    }
    let (kept, deleted, other) = (try closed("kept"), try closed("deleted"), try closed("other"))
    let homes = try [kept, deleted, other].map { try PostgresCluster.locate(in: $0, apart: apart).home }
    #expect(homes.allSatisfy { $0.hasPrefix(apart.root + "/") })
    #expect(apart.removeAbandoned() == [])
    try Files.removeTree(deleted.root)
    try Files.write(Array("/elsewhere\n".utf8), to: other.postgresElsewhere, mode: 0o644)
    #expect(apart.removeAbandoned().count == 2)
    #expect(homes.map { Files.exists($0) } == [true, false, false])
    // The folder finds its cluster again, and makes the place anew when somebody has taken it away.
    try Files.removeTree(homes[0])
    #expect(try PostgresCluster.locate(in: kept, apart: apart).home == homes[0])
    #expect(Files.exists(homes[0]))
  }

  @Test func aNodeIsRemovedWithEverythingButOtherFiles() async throws {
    let scratch = try Scratch()
    let folder = NodeFolder(scratch.path + "/node")
    _ = try prepared(folder.root)
    try folder.store(NodeSettings())
    try Files.makeFolder(folder.root + "/venv")
    try await withReactors { _ in
      let lock = try LockFile(folder.lockFile)
      await #expect(throws: HostError.self) { try await NodeRemoval(folder: folder).run(really: true) }
      withExtendedLifetime(lock) {}
    }
    let other = NodeFolder(scratch.path + "/other")
    _ = try prepared(other.root)
    try other.store(NodeSettings())
    try Files.makeFolder(other.root + "/venv")
    try await withReactors { _ in
      try await NodeRemoval(folder: other).run(really: false)
      #expect(other.contents.count == 6)
      try await NodeRemoval(folder: other).run(really: true)
    }
    #expect(Files.names(in: other.root) == ["venv"])
  }

  /// Services that end at once: `up` gives up with the reason, and PostgreSQL is stopped again.
  @Test func aNodeThatCannotStartLeavesNothingBehind() async throws {
    let scratch = try Scratch()
    let folder = NodeFolder(scratch.path + "/node")
    let programs = scratch.path + "/programs"
    try Files.makeFolder(programs)
    for service in ServiceName.allCases { symlink("/bin/false", programs + "/" + service.rawValue) }
    let error = await #expect(throws: HostError.self) {
      try await withReactors { reactors in
        let settings = NodeSettings(portBase: try freePortBase(), plaintext: true)
        let supervisor = try NodeSupervisor(folder: folder, settings: settings, programs: programs, reactors: reactors)
        try await supervisor.start()
      }
    }
    #expect(error?.description.contains("times while starting") == true, "\(error?.description ?? "")")
    let status = try #require(folder.status())
    #expect(status.pid == nil && status.postgres.pid == nil)
    #expect(!Files.exists(folder.postgres + "/data/postmaster.pid"))
  }
}
