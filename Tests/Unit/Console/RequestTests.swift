import CityModel
import ConsoleDomain
import Testing

@Suite struct RequestTests {
  private let zone = CityTimeZone(name: "test", fixedOffset: -8 * 3_600)

  private func values(
    _ parameters: [EndpointDescription.Parameter], _ query: String, path: [String: String] = [:], body: Schema? = nil, _ json: JSON? = nil
  ) throws -> RequestValues {
    let endpoint = EndpointDescription(
      .post, "/api/x", tag: "x", "x", access: .anyone, parameters: parameters, body: body, answer: .nothing)
    return try RequestValues(endpoint, path: path, query: try Query(query), body: json, zone: zone)
  }

  private func problem(_ body: () throws -> some Any) -> Problem? {
    do {
      _ = try body()
      return nil
    } catch {
      return error as? Problem
    }
  }

  @Test func queriesAreDecoded() throws {
    let query = try Query("q=%E8%B7%AF+%E7%81%AF&state=a,b&state=c&empty=&flag")
    #expect(query.first("q") == "路 灯")
    #expect(query.list("state") == ["a", "b", "c"])
    #expect(query.first("empty") == nil && query.first("flag") == nil)
  }

  @Test(arguments: ["a=%", "a=%4", "a=%zz", "a=%ff", "a=%00", String(repeating: "a=1&", count: 100), String(repeating: "x", count: 9_000)])
  func brokenQueriesAreRefused(_ text: String) {
    #expect(problem { try Query(text) } == .badQuery)
  }

  @Test func valuesAreReadAsTheyAreDeclared() throws {
    let values = try values(
      [
        .init("limit", .integer(1...200)), .init("overdue", .flag), .init("from", .text(.instant, max: 40)),
        .init("to", .text(.instant, max: 40)),
      ],
      "limit=20&overdue=1&from=2017-12-01&to=2017-12-01")
    #expect(values.integer("limit") == 20 && values.flag("overdue"))
    #expect(values.microseconds("from") == 1_512_115_200_000_000)
    #expect(values.endMicroseconds("to") - values.microseconds("from") == 86_400_000_000)
  }

  @Test(arguments: [
    ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("limit=99999999999999999999", "limit"), ("flag=maybe", "flag"),
    ("from=yesterday", "from"), ("from=2017-13-01", "from"), ("from=999999-1-1", "from"), ("state=open", "state"), ("state=a,a,a", "state"),
  ])
  func wrongValuesAreNamed(query: String, name: String) {
    let parameters: [EndpointDescription.Parameter] = [
      .init("limit", .integer(1...200)), .init("flag", .flag), .init("from", .text(.instant, max: 40)),
      .init("state", .list(.choice(["a", "b"]), max: 2)),
    ]
    let problem = problem { try values(parameters, query) }
    #expect(problem?.status == 400 && problem?.english.contains("Field \(name)") == true && problem?.chinese.contains(name) == true)
  }

  private static let body = Schema.object([
    .init("name", .text(min: 1, max: 5), required: true), .init("score", .integer(1...5)), .init("tags", .list(.text(max: 3), max: 2)),
    .init("point", .nullable(.object([.init("lon", .number(-180...180), required: true)]))), .init("id", .text(.uuid, max: 36)),
  ])

  @Test func aGoodBodyPasses() throws {
    let json: JSON = ["name": "五个汉字呀", "score": 5, "tags": ["a"], "point": ["lon": .number(1.5)], "more": 1]
    let values = try values([], "", body: Self.body, json)
    #expect(values.bodyText("name") == "五个汉字呀" && values.bodyInteger("score") == 5 && values.bodyTexts("tags") == ["a"])
    #expect(values.bodyNumber("lon", of: values.body["point"]) == 1.5)
    _ = try self.values([], "", body: Self.body, ["name": "a", "point": .null, "score": .null])
  }

  @Test(
    arguments: [
      ([:], "name"), (["name": ""], "name"), (["name": "abcdef"], "name"), (["name": 1], "name"), (["name": "a\u{0}"], "name"),
      (["name": "a", "score": 6], "score"), (["name": "a", "score": .number(1.5)], "score"),
      (["name": "a", "tags": ["a", "b", "c"]], "tags"),
      (["name": "a", "tags": ["long"]], "tags"), (["name": "a", "point": [:]], "point.lon"),
      (["name": "a", "point": ["lon": 181]], "point.lon"),
      (["name": "a", "id": "x"], "id"), (["name": .null], "name"),
    ] as [(JSON, String)])
  func aWrongBodyIsNamed(json: JSON, field: String) {
    let problem = problem { try values([], "", body: Self.body, json) }
    #expect(problem?.code == "invalid_field" && problem?.english.contains("Field \(field):") == true, "\(String(describing: problem))")
  }

  @Test func aBodyMustBeAnObject() {
    #expect(problem { try values([], "", body: Self.body, [1]) } == .notJSON)
    #expect(problem { try values([], "", body: Self.body, nil) } == .notJSON)
  }

  @Test func timesCarryTheCitysOffset() {
    let instant = Instant(seconds: 1_512_115_200)
    #expect(TimeText.render(instant, in: zone) == "2017-12-01T00:00:00-08:00")
    for text in ["2017-12-01", "2017-12-01T00:00", "2017-12-01T08:00:00Z", "2017-12-01T16:00:00.000+08:00", "2017-12-01T16:00:00 08:00"] {
      #expect(TimeText.parse(text, in: zone) == instant, "\(text)")
    }
    for text in ["", "2017-12-01T", "2017-12-01T25:00", "2017-12-01T00:00x", "2017-12-01T00:00:00+25:00", "2017-02-30"] {
      #expect(TimeText.parse(text, in: zone) == nil, "\(text)")
    }
  }

  @Test func cookiesAreFoundAmongOthers() {
    #expect(Cookies.values(named: "a", in: "b=1; a=2; aa=3;a=4") == ["2", "4"])
    #expect(Cookies.values(named: "a", in: "a; =;;") == [])
  }

  @Test func base64IsWrittenInOneWayOnly() {
    for bytes in [[], [0], [255, 254], [1, 2, 3], Array(0...255)] as [[UInt8]] {
      #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
    }
    for text in ["A", "AB", "AA=", "A+", "AAAAA"] { #expect(Base64URL.decode(text) == nil, "\(text)") }
  }
}
