internal import ConsoleDomain
internal import Cryptography

/// What the browser keeps: who it is (a random id), and once somebody has signed in, dispatch's session token. Signed, so that nobody makes
/// one up; the rights are dispatch's to know.
package struct SessionCookie: Sendable, Hashable {
  static let name = "chengyun_session"
  static let idBytes = 16

  /// Binds the CSRF token.
  let id: [UInt8]
  /// Nil before the sign-in.
  package let token: String?

  static func fresh(token: String? = nil) -> SessionCookie { SessionCookie(id: Random.bytes(idBytes), token: token) }
}

/// Signs and reads cookies: `v1.<id>.<token>.<HMAC-SHA256>`, each in base64url.
package struct SessionCookies: Sendable {
  /// Longest cookie that is looked at.
  static let byteLimit = 1_024
  private static let version = "v1"

  private let cookieKey: [UInt8]
  private let csrfKey: [UInt8]
  private let isSecure: Bool

  package init(key: [UInt8], isSecure: Bool) {
    cookieKey = Hash.deriveKey(from: key, label: "session")
    csrfKey = Hash.deriveKey(from: key, label: "csrf")
    self.isSecure = isSecure
  }

  /// The first one in the header that is ours.
  package func read(_ header: String?) -> SessionCookie? {
    guard let header else { return nil }
    return Cookies.values(named: SessionCookie.name, in: header).lazy.compactMap(parse).first
  }

  package func value(of cookie: SessionCookie) -> String {
    let text = unsigned(cookie)
    return "\(text).\(Base64URL.encode(Hash.hmacSHA256(key: cookieKey, Array(text.utf8))))"
  }

  /// The header that makes the browser keep it, until it is closed: how long a session lives is dispatch's to say.
  func setting(_ cookie: SessionCookie) -> (name: String, value: String) {
    ("Set-Cookie", "\(SessionCookie.name)=\(value(of: cookie)); Path=/; HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")")
  }

  /// What pages send back in `X-CSRF-Token`.
  package func csrf(of cookie: SessionCookie) -> String { Base64URL.encode(csrfBytes(cookie)) }

  package func isCSRF(_ text: String?, of cookie: SessionCookie) -> Bool {
    guard let text, let bytes = Base64URL.decode(text) else { return false }
    return equalInConstantTime(bytes, csrfBytes(cookie))
  }

  private func parse(_ text: String) -> SessionCookie? {
    guard text.utf8.count <= Self.byteLimit else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == Self.version, let id = Base64URL.decode(parts[1]), id.count == SessionCookie.idBytes,
      let token = Base64URL.decode(parts[2]), let given = Base64URL.decode(parts[3])
    else { return nil }
    let signed = text.utf8.prefix(text.utf8.count - parts[3].utf8.count - 1)
    guard equalInConstantTime(given, Hash.hmacSHA256(key: cookieKey, Array(signed))) else { return nil }
    return SessionCookie(id: id, token: token.isEmpty ? nil : String(decoding: token, as: UTF8.self))
  }

  private func unsigned(_ cookie: SessionCookie) -> String {
    "\(Self.version).\(Base64URL.encode(cookie.id)).\(Base64URL.encode(Array((cookie.token ?? "").utf8)))"
  }

  private func csrfBytes(_ cookie: SessionCookie) -> [UInt8] {
    Hash.hmacSHA256(key: csrfKey, cookie.id + Array((cookie.token ?? "").utf8))
  }
}
