import Cryptography
import Glibc
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
    let all = ["ca"] + ServiceName.allCases.map(\.rawValue) + ["console", "operator"]
    let now = systemSeconds()
    #expect(certificates.firstEnd() == nil)
    #expect(try certificates.ensure(settings, now: now) == all)
    #expect(certificates.firstEnd() == now + 825 * 86_400)
    #expect(try certificates.ensure(settings, now: now) == [])
    // 825 days are given. A node that is restarted every year must not run into the end of its certificates.
    #expect(try certificates.ensure(settings, now: now + 366 * 86_400) == [])
    // 800 days later the leaves have less than 400 left, the authority has years.
    #expect(try certificates.ensure(settings, now: now + 800 * 86_400) == Array(all.dropFirst()))
    // Another name of the node makes every identity another one.
    #expect(try certificates.ensure(NodeSettings(city: "liuzhou", node: "n2"), now: now + 800 * 86_400) == Array(all.dropFirst()))
    let intake = try PeerCertificate(pem: try Files.read(folder.certificate(of: "intake")))
    #expect(intake.uris == ["spiffe://liuzhou/city/n2/intake"])
    var information = stat()
    #expect(stat(folder.key(of: "intake"), &information) == 0 && information.st_mode & 0o777 == 0o600)
  }

  /// `up` may be killed between any two files.
  @Test func halfAPairOfKeyAndCertificateIsMadeAnew() throws {
    let scratch = try Scratch()
    let folder = NodeFolder(scratch.path + "/node")
    try folder.prepare()
    let certificates = NodeCertificates(folder: folder)
    let settings = NodeSettings(city: "liuzhou")
    _ = try certificates.ensure(settings)
    // The folder of certificates cannot take a new one: a name stands in the way of the temporary file.
    let obstacle = "\(folder.certificate(of: "intake")).\(getpid()).new"
    try Files.makeFolder(obstacle + "/x")
    #expect(throws: HostError.self) { try certificates.ensure(NodeSettings(city: "liuzhou", node: "n2")) }
    try Files.removeTree(obstacle)
    #expect(try certificates.ensure(settings).first == "intake")
    // The same for a new authority: nothing of the old one's stays valid.
    let later = systemSeconds() + 3_640 * 86_400
    try Files.makeFolder(obstacle + "/x")
    #expect(throws: HostError.self) { try certificates.ensure(settings, now: later) }
    try Files.removeTree(obstacle)
    #expect(try certificates.ensure(settings, now: later) == ServiceName.allCases.map(\.rawValue) + ["console", "operator"])
  }

  @Test func theModesOfSecretsAreRestored() throws {
    let scratch = try Scratch()
    let folder = NodeFolder(scratch.path + "/node")
    try folder.prepare()
    chmod(folder.secrets, 0o755)
    try folder.prepare()
    var information = stat()
    #expect(stat(folder.secrets, &information) == 0 && information.st_mode & 0o777 == 0o700)
  }

  @Test func aFileThatCannotBeWrittenLeavesNoPiece() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/taken"
    try Files.makeFolder(path + "/x")
    #expect(throws: HostError.self) { try Files.write([1], to: path, mode: 0o600) }
    #expect(Files.names(in: scratch.path) == ["taken"])
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
      postgresData: "",
      certificateAuthority: nil, clientCertificate: nil, clientKey: nil, version: "")
    try folder.store(status)
    #expect(folder.status()?.isHealthy == false)
    let lock = try LockFile(folder.lockFile)
    #expect(folder.status()?.isHealthy == true)
    withExtendedLifetime(lock) {}
  }
}
