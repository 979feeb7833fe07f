import Testing

@testable import ConsoleService

@Suite struct CookieTests {
  private let cookies = SessionCookies(key: [UInt8](repeating: 7, count: 32), isSecure: false)

  @Test func whatIsSignedIsRead() {
    let cookie = SessionCookie.fresh(token: "token-of-dispatch")
    let header = "other=1; chengyun_session=\(cookies.value(of: cookie)); third=2"
    #expect(cookies.read(header) == cookie)
    #expect(cookies.read("chengyun_session=planted; \(header)") == cookie, "a planted one beside it does no harm")
    #expect(cookies.read(nil) == nil && cookies.read("") == nil)
  }

  @Test func whatIsForgedIsNot() {
    let value = cookies.value(of: SessionCookie.fresh(token: "token"))
    let other = SessionCookies(key: [UInt8](repeating: 8, count: 32), isSecure: false)
    #expect(other.read("chengyun_session=\(value)") == nil, "another node's key")
    var parts = value.split(separator: ".").map(String.init)
    parts[2] = "b3RoZXI"
    #expect(cookies.read("chengyun_session=\(parts.joined(separator: "."))") == nil, "another token under the same signature")
    for index in value.indices {
      var changed = value
      changed.replaceSubrange(index...index, with: value[index] == "A" ? "B" : "A")
      #expect(cookies.read("chengyun_session=\(changed)") == nil)
    }
    for text in ["v1...", "v2" + value.dropFirst(2), value + ".", value + "A", String(repeating: "A", count: 5_000)] {
      #expect(cookies.read("chengyun_session=\(text)") == nil)
    }
  }

  @Test func aTokenIsBoundToItsCookie() {
    let (one, two) = (SessionCookie.fresh(token: "a"), SessionCookie.fresh(token: "a"))
    #expect(cookies.isCSRF(cookies.csrf(of: one), of: one))
    #expect(!cookies.isCSRF(cookies.csrf(of: one), of: two))
    #expect(!cookies.isCSRF(nil, of: one) && !cookies.isCSRF("", of: one) && !cookies.isCSRF("%%", of: one))
  }
}
