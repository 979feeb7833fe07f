// The authority's certificates, judged by the openssl command: a second reader of the same standard.
import Glibc
import Testing

@testable import Cryptography

@Suite struct CertificateTests {
  let authority: CertificateAuthority
  let request = CertificateRequest(
    commonName: "intake", uris: ["spiffe://liuzhou/city/lz-1/intake"], dnsNames: ["localhost", "intake.lz-1"],
    ipAddresses: ["127.0.0.1", "::1"])

  init() throws { authority = try CertificateAuthority.make(commonName: "城运 lz-1") }

  @Test func opensslVerifiesBothPurposes() throws {
    let folder = try TemporaryFolder()
    let ca = try folder.write("ca.pem", authority.certificatePEM)
    let leaf = try folder.write("leaf.pem", try authority.issue(request).certificatePEM)
    for purpose in ["sslserver", "sslclient"] {
      let verdict = try openssl(["verify", "-x509_strict", "-purpose", purpose, "-CAfile", ca, leaf])
      #expect(verdict.status == 0 && verdict.output.contains("OK"), "\(verdict)")
    }
    #expect(try openssl(["verify", "-verify_hostname", "intake.lz-1", "-CAfile", ca, leaf]).status == 0)
    #expect(try openssl(["verify", "-verify_ip", "::1", "-CAfile", ca, leaf]).status == 0)
    #expect(try openssl(["verify", "-verify_hostname", "dispatch.lz-1", "-CAfile", ca, leaf]).status != 0)
  }

  @Test func opensslReadsWhatWasAskedFor() throws {
    let folder = try TemporaryFolder()
    let issued = try authority.issue(request)
    let leaf = try folder.write("leaf.pem", issued.certificatePEM)
    let text = try openssl(["x509", "-in", leaf, "-noout", "-text"]).output
    for part in [
      "URI:spiffe://liuzhou/city/lz-1/intake", "DNS:localhost", "IP Address:127.0.0.1", "CA:FALSE", "Digital Signature",
      "TLS Web Server Authentication, TLS Web Client Authentication", "ecdsa-with-SHA256", "NIST CURVE: P-256", "CN = intake",
    ] {
      #expect(text.contains(part), "\(part) is missing in\n\(text)")
    }
    let key = try folder.write("key.pem", issued.privateKeyPEM)
    #expect(String(decoding: issued.privateKeyPEM, as: UTF8.self).hasPrefix("-----BEGIN PRIVATE KEY-----"))
    #expect(
      try openssl(["pkey", "-in", key, "-pubout"]).output == openssl(["x509", "-in", leaf, "-noout", "-pubkey"]).output)
  }

  @Test func rootIsAnAuthorityForEndCertificatesOnly() throws {
    let folder = try TemporaryFolder()
    let ca = try folder.write("ca.pem", authority.certificatePEM)
    let text = try openssl(["x509", "-in", ca, "-noout", "-text"]).output
    for part in ["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign"] { #expect(text.contains(part), "\(text)") }
  }

  @Test func foreignAuthorityIsRefused() throws {
    let folder = try TemporaryFolder()
    let foreign = try folder.write("ca.pem", try CertificateAuthority.make(commonName: "城运 lz-1").certificatePEM)
    let leaf = try folder.write("leaf.pem", try authority.issue(request).certificatePEM)
    #expect(try openssl(["verify", "-CAfile", foreign, leaf]).status != 0)
  }

  @Test func readBackByUs() throws {
    let now = systemSeconds()
    let first = try PeerCertificate(pem: try authority.issue(request, now: now).certificatePEM)
    #expect(first.uris == request.uris)
    #expect(first.notAfter == now + 825 * 86_400)
  }

  @Test func reloadedAuthorityIssues() throws {
    let reloaded = try CertificateAuthority(certificatePEM: authority.certificatePEM, privateKeyPEM: authority.privateKeyPEM)
    let folder = try TemporaryFolder()
    let ca = try folder.write("ca.pem", authority.certificatePEM)
    let leaf = try folder.write("leaf.pem", try reloaded.issue(request).certificatePEM)
    #expect(try openssl(["verify", "-CAfile", ca, leaf]).status == 0)
  }

  @Test func keyOfAnotherAuthorityIsRefused() throws {
    let other = try CertificateAuthority.make(commonName: "other")
    #expect(throws: CryptographyError.self) {
      try CertificateAuthority(certificatePEM: authority.certificatePEM, privateKeyPEM: other.privateKeyPEM)
    }
  }

  @Test(arguments: [
    CertificateRequest(commonName: "x", ipAddresses: ["localhost"]), CertificateRequest(commonName: "x", dnsNames: [""]),
    CertificateRequest(commonName: "x", uris: ["spiffe://城/x"]), CertificateRequest(commonName: String(repeating: "x", count: 65)),
    CertificateRequest(commonName: "x", dnsNames: ["a\0b"]),
  ])
  func refusesImpossibleNames(request: CertificateRequest) {
    #expect(throws: CryptographyError.self) { try authority.issue(request) }
  }

  @Test(arguments: ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
  func refusesWhatIsNoCertificate(text: String) {
    #expect(throws: CryptographyError.self) { try PeerCertificate(pem: Array(text.utf8)) }
  }
}

/// A folder that goes with the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/chengyun-crypto-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw CryptographyError(operation: "mkdtemp", reason: "\(errno)") }
    path = String(cString: made)
  }

  deinit {
    for name in ["ca.pem", "leaf.pem", "key.pem"] { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  func write(_ name: String, _ content: [UInt8]) throws -> String {
    let file = "\(path)/\(name)"
    let fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(fd) }
    guard fd >= 0, Glibc.write(fd, content, content.count) == content.count else {
      throw CryptographyError(operation: "write \(file)", reason: "\(errno)")
    }
    return file
  }
}

struct Verdict: Sendable { let status: Int32, output: String }

/// Runs the openssl command. Arguments are ours and hold no quotes.
func openssl(_ arguments: [String]) throws -> Verdict {
  guard let pipe = popen((["openssl"] + arguments).joined(separator: " ") + " 2>&1", "r") else {
    throw CryptographyError(operation: "popen", reason: "\(errno)")
  }
  var output: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 { output += chunk[..<count] }
  return Verdict(status: pclose(pipe), output: String(decoding: output, as: UTF8.self))
}
