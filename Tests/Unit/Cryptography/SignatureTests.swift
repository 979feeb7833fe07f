// Statements signed with a certificate's key, and the codes of authenticator apps.
import Testing

@testable import Cryptography

@Suite struct SignatureTests {
  private static let authority = try! CertificateAuthority.make(commonName: "node")
  private static let stranger = try! CertificateAuthority.make(commonName: "node")

  private func key(_ authority: CertificateAuthority = authority, validity: Duration = .days(1), now: Int64 = systemSeconds()) throws
    -> SigningKey
  {
    let issued = try authority.issue(
      CertificateRequest(commonName: "dispatch", uris: ["spiffe://c/city/n/dispatch"], validity: validity), now: now)
    return try SigningKey(certificate: .pem(issued.certificatePEM), key: .pem(issued.privateKeyPEM))
  }

  @Test func whatWasSignedIsVerified() throws {
    let key = try key()
    let trusted = try TrustedAuthorities(.pem(Self.authority.certificatePEM))
    let certificate = try trusted.verify(certificateDER: key.certificateDER)
    #expect(certificate.names.uris == ["spiffe://c/city/n/dispatch"])
    let text = Array("who".utf8)
    let signature = try key.sign(text)
    #expect(certificate.verifies(signature, of: text))
    #expect(!certificate.verifies(signature, of: Array("whO".utf8)))
    #expect(!certificate.verifies(signature.map { $0 ^ 1 }, of: text) && !certificate.verifies([], of: text))
    #expect(!certificate.verifies(try self.key().sign(text), of: text), "another key")
  }

  @Test func othersCertificatesAreRefused() throws {
    let trusted = try TrustedAuthorities(.pem(Self.authority.certificatePEM))
    let foreign = try key(Self.stranger).certificateDER
    #expect(throws: CryptographyError.self) { try trusted.verify(certificateDER: foreign) }
    let old = try key(validity: .seconds(60), now: systemSeconds() - 3_600).certificateDER
    #expect(throws: CryptographyError.self) { try trusted.verify(certificateDER: old) }
    let good = try key().certificateDER
    #expect(throws: CryptographyError.self) { try trusted.verify(certificateDER: good + [0]) }
    #expect(throws: CryptographyError.self) { try trusted.verify(certificateDER: Array(good.dropLast())) }
    #expect(throws: CryptographyError.self) { try trusted.verify(certificateDER: []) }
    #expect(throws: CryptographyError.self) {
      try trusted.verify(certificateDER: [UInt8](repeating: 0x30, count: 100_000))
    }
  }

  @Test func aKeyNeedsItsOwnCertificate() throws {
    let one = try Self.authority.issue(CertificateRequest(commonName: "a"))
    let other = try Self.authority.issue(CertificateRequest(commonName: "b"))
    #expect(throws: CryptographyError.self) {
      try SigningKey(certificate: .pem(one.certificatePEM), key: .pem(other.privateKeyPEM))
    }
  }
}

@Suite struct TOTPTests {
  private let secret = Array("12345678901234567890".utf8)

  /// RFC 6238, appendix B, the rows for SHA-1.
  @Test(
    arguments: [
      (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"), (2_000_000_000, "69279037"),
      (20_000_000_000, "65353130"),
    ] as [(Int64, String)])
  func vectors(seconds: Int64, code: String) {
    #expect(TOTP.code(of: TOTP.step(at: seconds), secret: secret, digits: 8) == code)
    #expect(TOTP.code(of: TOTP.step(at: seconds), secret: secret) == code.suffix(6))
  }

  @Test func neighbouringStepsAreAccepted() {
    let now: Int64 = 1_234_567_890
    let step = TOTP.step(at: now)
    for offset in -2...2 as ClosedRange<Int64> {
      let match = TOTP.matchingStep(TOTP.code(of: step + offset, secret: secret), secret: secret, at: now, lastUsed: nil)
      #expect(match == (abs(offset) <= 1 ? step + offset : nil), "\(offset)")
    }
  }

  @Test func aStepIsGoodOnce() {
    let now: Int64 = 1_234_567_890
    let step = TOTP.step(at: now)
    let code = TOTP.code(of: step, secret: secret)
    #expect(TOTP.matchingStep(code, secret: secret, at: now, lastUsed: step - 1) == step)
    #expect(TOTP.matchingStep(code, secret: secret, at: now, lastUsed: step) == nil)
    let earlier = TOTP.code(of: step - 1, secret: secret)
    #expect(TOTP.matchingStep(earlier, secret: secret, at: now, lastUsed: step) == nil, "nor one before it")
  }

  @Test(arguments: ["", "12345", "1234567", "12345a", "１２３４５６", " 12345"])
  func whatIsNoCode(text: String) {
    #expect(TOTP.matchingStep(text, secret: secret, at: 59, lastUsed: nil) == nil)
  }

  /// RFC 4648 §10 without padding.
  @Test(arguments: [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")])
  func secretsAsAppsReadThem(plain: String, text: String) {
    #expect(TOTP.text(of: Array(plain.utf8)) == text)
  }
}
