import CityModel
import Testing

@testable import ChengyunDomain

@Suite("Node: restarts, settings, status")
struct NodeTests {
  @Test func restartsBackOffAndForgive() {
    var policy = RestartPolicy()
    let short = Duration.seconds(1)
    let delays = (0..<9).map { _ in policy.crashed(after: short) }
    #expect(delays[0] == .zero)
    #expect(delays[1] == .milliseconds(200))
    #expect(delays[2] == .milliseconds(400))
    #expect(delays[8] == RestartPolicy.longestDelay)
    #expect(policy.crashed(after: .seconds(60)) == .zero)
  }

  @Test func statusReadsBackWhatItWrote() throws {
    var status = NodeStatus(
      settings: NodeSettings(city: "liuzhou", timeZone: "Asia/Shanghai", portBase: 9_000), pid: 12,
      services: ["intake": .init(address: "127.0.0.1:9001", pid: 13, health: "serving", restarts: 2)],
      postgres: .init(address: "/tmp/x", pid: 14, health: "serving"), postgresDSN: "postgresql://a:b@/c?host=%2Ftmp",
      postgresData: "/tmp/x/data", certificateAuthority: "/ca", clientCertificate: "/crt", clientKey: "/key", version: "1")
    #expect(NodeStatus(try JSONParser.parse(Array(status.json.rendered().utf8))) == status)
    #expect(!status.isHealthy)
    for name in ServiceName.allCases { status.services[name.rawValue] = .init(address: "", pid: 1, health: "serving") }
    #expect(status.isHealthy)
    status.markStopped()
    #expect(!status.isHealthy)
    #expect(status.services.values.allSatisfy { $0.pid == nil })
  }

  @Test func theEndOfCertificatesIsToldInTime() throws {
    var status = NodeStatus(
      settings: NodeSettings(), pid: 12, services: [:], postgres: .init(address: "/tmp/x"), postgresDSN: "", postgresData: "",
      certificateAuthority: "/ca", clientCertificate: "/crt", clientKey: "/key", version: "1")
    let now = Instant(seconds: 1_512_115_200)
    #expect(!status.needsRenewal(at: now))
    status.certificatesEnd = now + .seconds(30 * 86_400 + 1)
    #expect(!status.needsRenewal(at: now))
    #expect(status.needsRenewal(at: now + .seconds(1)) && status.needsRenewal(at: now + .seconds(40 * 86_400)))
    let told = try JSONParser.parse(Array(status.json.rendered().utf8))["tls"]?["not_after"]?.string
    #expect(told == "2017-12-31T08:00:01Z")
  }

  @Test(
    arguments: [(nil, 60), ("", 60), ("1", 1), ("86400", 86_400), ("0", nil), ("1.5", nil), ("-1", nil), ("90s", nil), ("86401", nil)]
      as [(String?, Int64?)])
  func startPatienceIsWholeSeconds(_ text: String?, _ seconds: Int64?) {
    #expect(StartPatience.parse(text)?.components.seconds == seconds)
  }

  @Test func aClusterIsAbandonedOnlyWhenItsFolderIsSurelyGone() {
    let claim = ClusterClaim(folder: "/srv/node", device: 5)
    #expect(ClusterClaim(claim.text) == claim)
    #expect(ClusterClaim("") == nil && ClusterClaim("srv\n5\n") == nil && ClusterClaim("/srv/node\nx\n") == nil)
    func verdict(_ exists: Bool, _ named: String?, _ device: UInt64?) -> String? {
      claim.abandonment(of: "/var/a", ClusterClaim.Finding(folderExists: exists, namedCluster: named, device: device))
    }
    #expect(verdict(true, "/var/a", 5) == nil)
    #expect(verdict(true, "/var/b", 5) == "/srv/node has another cluster")
    #expect(verdict(true, nil, 5) == "/srv/node has another cluster")
    #expect(verdict(false, nil, 5) == "/srv/node was deleted")
    // The disk is not mounted: the folder above belongs to another file system.
    #expect(verdict(false, nil, 6) == nil)
  }

  @Test(arguments: [("", nil), ("a b", nil), ("a/b", nil), ("los-angeles", "los-angeles")] as [(String, String?)])
  func citiesAreNames(_ city: String, _ good: String?) {
    #expect((NodeSettings(city: city).fault == nil) == (good != nil))
  }

  @Test func portsFollowTheBase() {
    let settings = NodeSettings(portBase: 8_000)
    #expect(ServiceName.allCases.map { settings.port(of: $0) } == [8_001, 8_002, 8_003, 8_004, 8_005])
    #expect(NodeSettings(portBase: 80).fault != nil)
  }

  @Test func someServicesRunElsewhere() throws {
    var settings = NodeSettings(
      portBase: 8_000, services: [.intake, .dispatch, .feedback], peers: [.evaluation: "10.0.0.2:7104", .lifeline: "[fd00::2]:7103"],
      listen: "10.0.0.1")
    #expect(settings.fault == nil)
    #expect(settings.address(of: .dispatch) == "10.0.0.1:8002" && settings.address(of: .evaluation) == "10.0.0.2:7104")
    #expect(NodeSettings(try JSONParser.parse(Array(settings.json.rendered().utf8))) == settings)
    var status = NodeStatus(
      settings: settings, pid: 1,
      services: Dictionary(
        uniqueKeysWithValues: ServiceName.allCases.map { ($0.rawValue, NodeStatus.Process(address: "", health: "elsewhere")) }),
      postgres: .init(address: "", health: "serving"), postgresDSN: "", postgresData: "", certificateAuthority: nil, clientCertificate: nil,
      clientKey: nil, version: "1")
    #expect(!status.isHealthy)
    for service in settings.services { status.services[service.rawValue]?.health = "serving" }
    #expect(status.isHealthy, "what runs elsewhere is asked there")
    status.markStopped()
    #expect(status.services["evaluation"]?.health == "elsewhere" && status.services["intake"]?.health == "stopped")
    settings.consolePlace = ConsolePlace(listen: "0.0.0.0", host: "centre.city", tls: true, certificate: "/a.pem", key: "/a.key")
    #expect(NodeSettings(try JSONParser.parse(Array(settings.json.rendered().utf8))) == settings)
    settings.peers[.lifeline] = nil
    #expect(settings.fault?.contains("--peer lifeline=HOST:PORT") == true)
    for address in ["", "x", ":7103", "x:0", "x:70000", "x:1,y:2"] {
      settings.peers[.lifeline] = address
      #expect(settings.fault != nil, "\(address)")
    }
    settings.peers[.lifeline] = "x:1"
    settings.peers[.intake] = "x:2"
    #expect(settings.fault?.contains("intake runs here") == true)
    settings.peers[.intake] = nil
    settings.plaintext = true
    #expect(settings.fault != nil, "nobody is asked who he is")
    #expect(NodeSettings(plaintext: true).fault == nil)
    #expect(NodeSettings(services: []).fault != nil)
    for host in ["0.0.0.0", "localhost", "10.0.0", "10.0.0.256", "10.0.0.+1"] {
      #expect(NodeSettings(listen: host).fault != nil, "\(host)")
    }
  }
}

@Suite("What the operator sees")
struct PresentationTests {
  /// dispatch's contract knows facts 1 to 18.
  @Test func everyFactHasAWord() {
    #expect((1...18).allSatisfy { FactWord(rawValue: $0) != nil })
    #expect(FactWord(rawValue: 18)?.word(.en) == "deadline changed" && FactWord(rawValue: 18)?.word(.zh) == "期限变更")
  }

  @Test func progressOffATerminalIsALineForEachTenth() {
    var bar = ProgressBar("replay", total: 1_000, isTerminal: false, now: 0)
    let lines = stride(from: 0, through: 1_000, by: 10).compactMap { bar.update(done: $0, now: Double($0) / 100) }
    #expect(lines.count == 11)
    #expect(lines[5].hasPrefix("replay: 50 % (500 of 1000), 100/s, 5 s left"))
    #expect(lines[10].hasSuffix("100/s\n"))
  }

  @Test func progressOnATerminalEndsItsLine() {
    var bar = ProgressBar("x", total: 2, isTerminal: true, now: 0)
    #expect(bar.update(done: 1, now: 1)?.hasSuffix("\n") == false)
    #expect(bar.update(done: 1, now: 1.01) == nil)
    #expect(bar.update(done: 2, now: 1.02)?.hasSuffix("\n") == true)
  }

  @Test(arguments: [(0.0, 2, "0.00"), (1.005, 1, "1.0"), (-2.5, 1, "-2.5"), (19.999, 2, "20.00"), (3.0, 0, "3")])
  func fixedPoint(_ number: Double, _ digits: Int, _ text: String) { #expect(fixed(number, digits) == text) }

  @Test func wideCharactersAlign() {
    #expect(alignedColumns([["区", "1"], ["ab", "22"]], textColumns: 1) == "区   1\nab  22\n")
  }

  @Test func reportsAreJSONWithTheDocumentedNames() throws {
    var row = GroupFigures(group: "BOS")
    row.requests = 3
    row.closed = 2
    row.medianHoursToClose = 1.5
    let node = try JSONParser.parse(Array(FigureTable(dimension: "department", period: nil, groups: [row]).json.rendered().utf8))
    #expect(node["by"]?.string == "department")
    let group = try #require(node["groups"]?.array?.first)
    let names = ["group", "requests", "closed", "closed_on_time", "cancelled", "referred", "open", "median_hours_to_close"]
    #expect(group.members?.map(\.name) == names)
    #expect(group["median_hours_to_close"]?.number == 1.5)
  }
}

@Suite("Case stories")
struct StoryTests {
  private let story = CaseStory(
    number: "171231-000001-7", state: .closed, kind: StoryText("大件垃圾", "Bulky items"),
    place: Place(
      point: GeoPoint(longitude: -118.25, latitude: 34.05), address: "2111 W BELLEVUE AVE", districtCode: "13", streetCode: "44"),
    divisions: [StoryText("区 13", "district 13"), StoryText("街道 回声公园", "street Echo Park")], unplaced: false,
    filedAt: Instant(seconds: 1_514_700_000), due: Instant(seconds: 1_514_900_000),
    dueExplanation: StoryText("来源指定", "named by the source"), standard: "0101-missing 2017",
    overdue: false, duplicateOf: nil,
    reports: [
      .init(
        at: Instant(seconds: 1_514_700_000), channel: "hotline", text: StoryText("旧床垫", "Bulky Items"), externalRef: "1-87",
        reporter: "138****1234")
    ], furtherReports: 12,
    facts: [
      .init(kind: .filed, at: Instant(seconds: 1_514_700_000)),
      .init(
        kind: .dispatched, at: Instant(seconds: 1_514_700_001), actor: StoryText("派遣服务", "dispatch"), reason: StoryText("规则一", "rule 1"),
        department: StoryText("环卫局", "Sanitation"), crew: StoryText("NC")),
      .init(kind: .closed, at: Instant(seconds: 1_514_800_000), actor: StoryText("replay"), outOfOrder: true),
    ],
    messages: [.init(at: Instant(seconds: 1_514_700_002), text: StoryText("已受理", "We have your report"), delivered: true)],
    hasFurtherMessages: true)

  @Test func tellsWhoWhenWhyAndTheDeadline() throws {
    let zone = try CityTimeZone(name: "America/Los_Angeles")
    let english = story.told(in: .en, zone: zone)
    for part in [
      "Case 171231-000001-7: Bulky items (closed)", "2017-12-30 22:00:00 by hotline, from 138****1234",
      "dispatched to Sanitation / NC, by dispatch. rule 1",
      "closed on time, 1 d 3 h early", "“Bulky Items”", "named by the source", "We have your report (read)",
      "earlier than the step before it",
      "district 13, street Echo Park", "12 more reports are not listed", "filing standard: 0101-missing 2017", "more was told",
    ] {
      #expect(english.contains(part), "“\(part)” is missing in:\n\(english)")
    }
    let chinese = story.told(in: .zh, zone: zone)
    for part in [
      "案卷 171231-000001-7：大件垃圾（已结案）", "派遣至 环卫局 / NC，经办 派遣服务。规则一", "按期结案", "“旧床垫”", "已受理 (已读)",
      "区 13，街道 回声公园", "另有 12 条上报未列出", "另有答复未列出",
    ] {
      #expect(chinese.contains(part), "“\(part)” is missing in:\n\(chinese)")
    }
  }

  @Test("browsers elsewhere are served by TLS only")
  func consolePlace() {
    func fault(_ place: ConsolePlace, plaintext: Bool = false) -> String? {
      NodeSettings(plaintext: plaintext, consolePlace: place).fault
    }
    #expect(fault(ConsolePlace()) == nil && fault(ConsolePlace(), plaintext: true) == nil)
    #expect(fault(ConsolePlace(listen: "10.0.0.1"))?.contains("--console-tls") == true)
    #expect(fault(ConsolePlace(listen: "10.0.0.1", tls: true)) == nil && fault(ConsolePlace(listen: "0.0.0.0", tls: true)) == nil)
    #expect(fault(ConsolePlace(listen: "everywhere", tls: true)) != nil)
    #expect(fault(ConsolePlace(tls: true, certificate: "/a.pem"))?.contains("belong together") == true)
    #expect(fault(ConsolePlace(tls: true), plaintext: true) != nil, "nobody made a certificate")
    #expect(fault(ConsolePlace(tls: true, certificate: "/a.pem", key: "/a.key"), plaintext: true) == nil)
    #expect(NodeSettings(portBase: 8_000).consoleURL == "http://127.0.0.1:8006")
    let everywhere = NodeSettings(portBase: 8_000, consolePlace: ConsolePlace(listen: "0.0.0.0", host: "centre.city", tls: true))
    #expect(everywhere.consoleURL == "https://centre.city:8006" && everywhere.consoleAddress == "0.0.0.0:8006")
    #expect(everywhere.consolePlace.near == "127.0.0.1")
  }
}
