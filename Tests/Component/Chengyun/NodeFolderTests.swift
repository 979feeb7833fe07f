import Cryptography
import Glibc
import Reactor
import Testing

@testable import ChengyunDomain
@testable import ChengyunService

@Suite("The node's folder", .timeLimit(.minutes(2)))
struct NodeFolderTests {
  @Test func certificatesAreMadeOnceAndRenewedInTime() throws {
    let scratch = try Scratch()
    let folder = NodeFolder(scratch.path + "/node")
    try folder.prepare()
    let certificates = NodeCertificates(folder: folder)
    let settings = NodeSettings(city: "liuzhou")
    let all = ["ca"] + ServiceName.allCases.map(\.rawValue) + ["operator"]
    let now = systemSeconds()
    #expect(try certificates.ensure(settings, now: now) == all)
    #expect(try certificates.ensure(settings, now: now) == [])
    // 825 days are given: 800 days later the leaves have less than 30 left, the authority has years.
    #expect(try certificates.ensure(settings, now: now + 800 * 86_400) == Array(all.dropFirst()))
    // Another name of the node makes every identity another one.
    #expect(try certificates.ensure(NodeSettings(city: "liuzhou", node: "n2"), now: now + 800 * 86_400) == Array(all.dropFirst()))
    let intake = try PeerCertificate(pem: try Files.read(folder.certificate(of: "intake")))
    #expect(intake.uris == ["spiffe://liuzhou/city/n2/intake"])
    var information = stat()
    #expect(stat(folder.key(of: "intake"), &information) == 0 && information.st_mode & 0o777 == 0o600)
  }

  @Test func secretsAreKept() throws {
    let scratch = try Scratch()
    let folder = NodeFolder(scratch.path + "/node")
    try folder.prepare()
    try Secrets.ensureFieldKey(in: folder)
    let key = try Files.read(folder.fieldKeyFile)
    try Secrets.ensureFieldKey(in: folder)
    #expect(try Files.read(folder.fieldKeyFile) == key && key.count == 32)
    let password = try Secrets.password(of: "intake", in: folder)
    #expect(try Secrets.password(of: "intake", in: folder) == password && password.utf8.count == 32)
  }

  @Test func aNodeWhoseUpIsGoneIsStopped() throws {
    let scratch = try Scratch()
    let folder = NodeFolder(scratch.path + "/node")
    try folder.prepare()
    let services = Dictionary(
      uniqueKeysWithValues: ServiceName.allCases.map { ($0.rawValue, NodeStatus.Process(address: "a", pid: 1, health: "serving")) })
    let status = NodeStatus(
      settings: NodeSettings(), pid: 1, services: services, postgres: .init(address: "s", pid: 2, health: "serving"), postgresDSN: "",
      certificateAuthority: nil, clientCertificate: nil, clientKey: nil, version: "")
    try folder.store(status)
    #expect(folder.status()?.isHealthy == false)
    let lock = try LockFile(folder.lockFile)
    #expect(folder.status()?.isHealthy == true)
    withExtendedLifetime(lock) {}
  }
}

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

  /// Services that end at once: `up` gives up with the reason, and PostgreSQL is stopped again.
  @Test func aNodeThatCannotStartLeavesNothingBehind() async throws {
    let scratch = try Scratch()
    let folder = NodeFolder(scratch.path + "/node")
    let programs = scratch.path + "/programs"
    try Files.makeFolder(programs)
    for service in ServiceName.allCases { symlink("/bin/false", programs + "/" + service.rawValue) }
    let error = await #expect(throws: HostError.self) {
      try await withReactors { reactors in
        let settings = NodeSettings(portBase: 23_450, plaintext: true)
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
