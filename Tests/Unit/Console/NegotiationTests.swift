import ConsoleDomain
import Testing

@Suite struct NegotiationTests {
  @Test(arguments: [
    ("gzip, deflate, br", true), ("br;q=1, gzip;q=0.8", true), ("GZIP", true), ("x-gzip", true), ("*", true), ("gzip;q=0", false),
    ("gzip; q=0.0, *", false), ("*;q=0", false), ("br", false), ("", false), ("notgzip", false),
  ])
  func gzipIsTakenOrNot(header: String, takes: Bool) { #expect(ContentCoding.acceptsGzip(header) == takes) }

  @Test func nothingSaidIsPlain() { #expect(!ContentCoding.acceptsGzip(nil)) }

  @Test(arguments: [
    ("\"a\"", true), ("W/\"a\"", true), ("\"x\", \"a\"", true), ("*", true), ("\"ab\"", false), ("a", false), ("", false),
  ])
  func tagsAreRecognised(header: String, holds: Bool) {
    #expect(EntityTags.holds(header, anyOf: ["\"a\"", "\"a-gz\""]) == holds)
    #expect(!EntityTags.holds(nil, anyOf: ["\"a\""]))
  }

  @Test(
    arguments: [
      ("en", nil, Language.english), ("zh", "en", .chinese), ("", "en-US,en;q=0.9", .english), ("", "fr, zh-CN, en", .chinese),
      ("", "fr", .chinese), ("", nil, .chinese), ("xx", "en", .english),
    ] as [(String, String?, Language)])
  func aLanguageIsChosen(asked: String, header: String?, language: Language) {
    #expect(Language(asked: asked, accepted: header) == language)
  }
}
