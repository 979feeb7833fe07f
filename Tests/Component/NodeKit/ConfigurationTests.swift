import CityModel
import Cryptography
import Glibc
import Logging
import RPC
import Testing

@testable import NodeKit

@Suite struct ConfigurationTests {
  static let complete = [
    NodeKeys.city: "liuzhou", NodeKeys.node: "lz-1", NodeKeys.listen: "127.0.0.1:7001",
    NodeKeys.databaseURL: "host=/run dbname=c password=pw",
    NodeKeys.tlsAuthority: "/ca.pem", NodeKeys.tlsCertificate: "/c.pem", NodeKeys.tlsKey: "/k.pem", NodeKeys.fieldKeyFile: "/secret",
    NodeKeys.address(of: "dispatch"): "10.0.0.2:7002,10.0.0.3:7002",
  ]

  static func faults(_ changes: [String: String?]) -> [String] {
    var environment = complete
    for (name, value) in changes { environment[name] = value }
    do throws(ConfigurationError) {
      _ = try ServiceConfiguration(service: "intake", environment: environment)
      return []
    } catch {
      return error.faults.map(\.name)
    }
  }

  @Test func completeEnvironmentIsRead() throws {
    let configuration = try ServiceConfiguration(service: "intake", environment: Self.complete)
    #expect(configuration.identity.uri == "spiffe://liuzhou/city/lz-1/intake")
    #expect(configuration.timeZone == "Asia/Shanghai")
    #expect(configuration.listen.description == "127.0.0.1:7001")
    #expect(configuration.security == .mutualTLS(authority: "/ca.pem", certificate: "/c.pem", key: "/k.pem"))
    #expect(configuration.addresses == ["dispatch": "10.0.0.2:7002,10.0.0.3:7002"])
    #expect(configuration.database.connectionsPerReactor == 4)
    #expect(configuration.logLevel == .info)
    #expect(configuration.drainGrace == .seconds(10))
    #expect(configuration.commandRetention == .seconds(7 * 86_400))
    let short = try ServiceConfiguration(service: "intake", environment: Self.complete.merging([NodeKeys.commandDays: "2"]) { $1 })
    #expect(short.commandRetention == .seconds(2 * 86_400))
  }

  @Test func everythingMissingIsReportedAtOnce() {
    let error = #expect(throws: ConfigurationError.self) { try ServiceConfiguration(service: "intake", environment: [:]) }
    #expect(
      error?.faults.map(\.name) == [
        NodeKeys.city, NodeKeys.node, NodeKeys.listen, NodeKeys.databaseURL, NodeKeys.tlsAuthority, NodeKeys.tlsCertificate,
        NodeKeys.tlsKey, NodeKeys.fieldKeyFile,
      ])
  }

  @Test(arguments: [
    (NodeKeys.city, "柳州"), (NodeKeys.city, "a/b"), (NodeKeys.node, "a b"), (NodeKeys.tier, "province"), (NodeKeys.listen, "localhost:7001"),
    (NodeKeys.listen, "127.0.0.1"), (NodeKeys.listen, "127.0.0.1:70000"), (NodeKeys.databasePool, "0"), (NodeKeys.databasePool, "many"),
    (NodeKeys.reactors, "-1"), (NodeKeys.logLevel, "loud"), (NodeKeys.drainSeconds, "1.5"), (NodeKeys.startSeconds, "x"),
    (NodeKeys.commandDays, "0"),
    (NodeKeys.plaintext, "1"), (NodeKeys.plaintext, "yes"),
  ])
  func wrongValueIsNamed(name: String, value: String) {
    #expect(Self.faults([name: value]) == [name])
  }

  @Test(arguments: [NodeKeys.city, NodeKeys.databaseURL, NodeKeys.tlsKey])
  func emptyCountsAsMissing(name: String) {
    #expect(Self.faults([name: ""]) == [name])
  }

  @Test func plaintextIsExplicit() throws {
    var environment = Self.complete
    for name in [NodeKeys.tlsAuthority, NodeKeys.tlsCertificate, NodeKeys.tlsKey] { environment[name] = nil }
    environment[NodeKeys.plaintext] = "1"
    #expect(try ServiceConfiguration(service: "intake", environment: environment).security == .plaintext)
  }

  @Test func listensOnIPv6() throws {
    var environment = Self.complete
    environment[NodeKeys.listen] = "[::1]:0"
    #expect(try ServiceConfiguration(service: "intake", environment: environment).listen == SocketAddress(host: "::1", port: 0))
  }

  @Test func errorsNeverShowValues() {
    var environment = Self.complete
    environment[NodeKeys.listen] = "nonsense"
    let error = #expect(throws: ConfigurationError.self) { try ServiceConfiguration(service: "x", environment: environment) }
    #expect(error.map { "\($0)" }?.contains("pw") == false)
  }

  @Test(arguments: [
    ([], ServiceArguments.run), (["--help"], .help), (["-h"], .help), (["--version"], .version), (["--check"], .check), (["serve"], nil),
    (["--check", "now"], nil),
  ])
  func arguments(given: [String], meant: ServiceArguments?) {
    #expect(ServiceArguments(given) == meant)
  }

  @Test func helpNamesEveryVariable() {
    let help = ServiceArguments.helpText("intake")
    for name in [NodeKeys.city, NodeKeys.listen, NodeKeys.plaintext, NodeKeys.fieldKeyFile, "CHENGYUN_FEEDBACK", NodeKeys.startSeconds] {
      #expect(help.contains(name))
    }
  }
}

@Suite struct SecretTests {
  let secret = NodeSecret([UInt8](0..<32))
  let report = Identifier(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001)

  @Test func tokensAreStableAndShort() {
    let token = secret.trackingTokens.token(for: report)
    #expect(token.count == 20)
    #expect(token == NodeSecret([UInt8](0..<32)).trackingTokens.token(for: report))
    #expect(token != NodeSecret([UInt8](1..<33)).trackingTokens.token(for: report))
  }

  @Test func tokenIsRecognisedAsTyped() {
    let tokens = secret.trackingTokens
    let token = tokens.token(for: report)
    let digest = tokens.digest(for: report)
    #expect(TrackingTokens.digest(ofTyped: token) == digest)
    #expect(TrackingTokens.digest(ofTyped: token.lowercased().prefix(5) + "-" + token.dropFirst(5)) == digest)
    for wrong in ["", String(token.dropLast()), token + "00", "!"] { #expect(TrackingTokens.digest(ofTyped: wrong) == nil) }
    #expect(tokens.digest(for: Identifier(high: report.high, low: report.low + 1)) != digest)
  }

  @Test func fieldsAndTokensUseDifferentKeys() throws {
    let sealed = secret.fieldCipher.seal("13812345678", context: "phone")
    #expect(try secret.fieldCipher.open(sealed, context: "phone") == "13812345678")
  }

  @Test(arguments: [0, 31, 33])
  func fileMustHoldExactly32Bytes(count: Int) throws {
    let path = "/tmp/chengyun-secret-\(getpid())-\(count)"
    let file = try #require(fopen(path, "w"))
    fwrite([UInt8](repeating: 1, count: 40), 1, count, file)
    fclose(file)
    defer { unlink(path) }
    let error = #expect(throws: ConfigurationError.self) { try NodeSecret(file: path) }
    #expect(error?.description == "\(path) must hold exactly 32 bytes")
  }
}

@Suite struct LogLineTests {
  static func render(_ message: String, _ metadata: Logger.Metadata = [:]) -> String {
    String(decoding: LogLine.render(at: Instant(seconds: 1_512_115_500), .info, "intake", message, metadata), as: UTF8.self)
  }

  @Test func lineHasTimeLevelServiceMessageAndSortedMetadata() {
    #expect(Self.render("serving", ["b": "2", "a": "x y"]) == "2017-12-01T08:05:00Z info intake serving a=\"x y\" b=2\n")
  }

  @Test(arguments: [
    ("a\nb", "a\\nb"), ("tab\there", "tab\\there"), ("esc\u{1B}[31m", "esc?[31m"), ("立案", "立案"),
  ])
  func recordStaysOneLine(message: String, shown: String) {
    #expect(Self.render(message) == "2017-12-01T08:05:00Z info intake \(shown)\n")
  }

  @Test(arguments: [("", "\"\""), ("a=b", "\"a=b\""), ("say \"hi\"", "\"say \\\"hi\\\"\""), ("l1\nl2", "\"l1\\nl2\""), ("plain", "plain")])
  func valuesAreQuotedWhereNeeded(value: String, shown: String) {
    #expect(Self.render("m", ["k": "\(value)"]).hasSuffix(" k=\(shown)\n"))
  }

  /// A supervisor that has stopped reading doesn't stop its services.
  @Test(.timeLimit(.minutes(5))) func aFullPipeLosesLines() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: LogLine.limit)
    // Far more than a pipe holds.
    for _ in 0..<100 { writeWithoutWaiting(line, to: ends[1]) }
    var taken = [UInt8](repeating: 0, count: 1 << 20)
    #expect(read(ends[0], &taken, taken.count) >= LogLine.limit)
    writeWithoutWaiting(line, to: ends[1])
    #expect(read(ends[0], &taken, taken.count) == LogLine.limit)
  }

  @Test func longLineIsCut() {
    let line = LogLine.render(at: .epoch, .error, "x", String(repeating: "y", count: 20_000), [:])
    #expect(line.count == LogLine.limit)
    for padding in ["", "y", "yy"] {
      let cut = LogLine.render(at: .epoch, .error, "x", padding + String(repeating: "城", count: 10_000), [:])
      #expect((LogLine.limit - 2...LogLine.limit).contains(cut.count) && String(validating: cut, as: UTF8.self)?.hasSuffix("城\n") == true)
    }
    #expect(line.last == UInt8(ascii: "\n"))
  }
}
