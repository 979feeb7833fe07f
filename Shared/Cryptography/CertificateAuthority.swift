// A node makes its own certificates: one authority, and a certificate for each service and operator.
internal import COpenSSL
internal import Glibc

/// A root certificate with its private key (EC P-256), ready to issue certificates. Whoever stores it writes the key with mode 0600.
public struct CertificateAuthority: Sendable {
  public let certificatePEM: [UInt8]
  /// PKCS#8, unencrypted: the most secret thing of a node.
  public let privateKeyPEM: [UInt8]

  /// An authority made before.
  /// - Throws: `CryptographyError` when one is unreadable or they don't belong together.
  public init(certificatePEM: [UInt8], privateKeyPEM: [UInt8]) throws(CryptographyError) {
    let certificate = try Certificate(pem: certificatePEM)
    let key = try PrivateKey(pem: privateKeyPEM)
    ErrorQueue.clear()
    try require(X509_check_private_key(certificate.pointer, key.pointer), "match authority's key and certificate")
    self.certificatePEM = certificatePEM
    self.privateKeyPEM = privateKeyPEM
  }

  /// A new root. It may sign end certificates only (path length 0).
  /// - Parameters:
  ///   - validity: Default ten years.
  ///   - now: Seconds since 1970 (UTC).
  public static func make(commonName: String, validity: Duration = .days(3650), now: Int64 = systemSeconds())
    throws(CryptographyError) -> CertificateAuthority
  {
    let key = try PrivateKey()
    let certificate = try newCertificate(for: key, subject: commonName, from: now, validity: validity)
    try require(X509_set_issuer_name(certificate.pointer, X509_get_subject_name(certificate.pointer)), "name issuer")
    try extend(certificate, issuer: certificate.pointer, NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
    try extend(certificate, issuer: certificate.pointer, NID_key_usage, "critical,keyCertSign,cRLSign")
    try extend(certificate, issuer: certificate.pointer, NID_subject_key_identifier, "hash")
    try sign(certificate, with: key)
    return try CertificateAuthority(certificatePEM: try certificate.pem(), privateKeyPEM: try key.pem())
  }

  /// A certificate and a new key for it.
  public func issue(_ request: CertificateRequest, now: Int64 = systemSeconds()) throws(CryptographyError) -> IssuedCertificate {
    let issuer = try Certificate(pem: certificatePEM)
    let issuerKey = try PrivateKey(pem: privateKeyPEM)
    let key = try PrivateKey()
    let certificate = try newCertificate(for: key, subject: request.commonName, from: now, validity: request.validity)
    try require(X509_set_issuer_name(certificate.pointer, X509_get_subject_name(issuer.pointer)), "name issuer")
    try extend(certificate, issuer: issuer.pointer, NID_basic_constraints, "critical,CA:FALSE")
    try extend(certificate, issuer: issuer.pointer, NID_key_usage, "critical,digitalSignature")
    try extend(certificate, issuer: issuer.pointer, NID_ext_key_usage, request.usage.extensionText)
    try extend(certificate, issuer: issuer.pointer, NID_subject_key_identifier, "hash")
    try extend(certificate, issuer: issuer.pointer, NID_authority_key_identifier, "keyid:always")
    try addNames(of: request, to: certificate)
    try sign(certificate, with: issuerKey)
    return IssuedCertificate(certificatePEM: try certificate.pem(), privateKeyPEM: try key.pem())
  }
}

/// What a certificate shall say.
public struct CertificateRequest: Sendable, Hashable {
  public enum Usage: Sendable, Hashable {
    case server, client, serverAndClient

    fileprivate var extensionText: String {
      switch self {
      case .server: "serverAuth"
      case .client: "clientAuth"
      case .serverAndClient: "serverAuth,clientAuth"
      }
    }
  }

  /// At most 64 characters (X.520).
  public var commonName: String
  /// For instance "spiffe://liuzhou/city/lz-1/intake".
  public var uris: [String]
  public var dnsNames: [String]
  /// IPv4 or IPv6 in text form.
  public var ipAddresses: [String]
  public var usage: Usage
  public var validity: Duration

  /// - Parameter validity: Default 825 days.
  public init(
    commonName: String, uris: [String] = [], dnsNames: [String] = [], ipAddresses: [String] = [], usage: Usage = .serverAndClient,
    validity: Duration = .days(825)
  ) {
    self.commonName = commonName
    self.uris = uris
    self.dnsNames = dnsNames
    self.ipAddresses = ipAddresses
    self.usage = usage
    self.validity = validity
  }
}

public struct IssuedCertificate: Sendable {
  public let certificatePEM: [UInt8]
  /// PKCS#8, unencrypted.
  public let privateKeyPEM: [UInt8]
}

extension Duration {
  /// So many times 24 hours.
  public static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}

/// The system's clock. Certificates are checked against it by every peer, so a driven node clock has no say here.
public func systemSeconds() -> Int64 { Int64(time(nil)) }

/// Tolerance for peers whose clock is behind: certificates begin 5 minutes before they are made.
private let clockSkew: Int64 = 300

private func newCertificate(for key: borrowing PrivateKey, subject: String, from now: Int64, validity: Duration)
  throws(CryptographyError) -> Certificate
{
  ErrorQueue.clear()
  let certificate = Certificate(owning: try require(X509_new(), "make certificate"))
  try require(X509_set_version(certificate.pointer, 2 /* means v3 */), "set version")
  try setRandomSerial(certificate)
  guard ASN1_TIME_set(X509_getm_notBefore(certificate.pointer), time_t(now - clockSkew)) != nil,
    ASN1_TIME_set(X509_getm_notAfter(certificate.pointer), time_t(now + validity.components.seconds)) != nil
  else { throw .current("set validity") }
  let name = X509_get_subject_name(certificate.pointer)
  let bytes = Array(subject.utf8)
  try require(X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, bytes, Int32(bytes.count), -1, 0), "set common name")
  try require(X509_set_pubkey(certificate.pointer, key.pointer), "set public key")
  return certificate
}

/// 127 random bits: RFC 5280 asks for a positive number of at most 20 bytes that nobody can foresee.
private func setRandomSerial(_ certificate: borrowing Certificate) throws(CryptographyError) {
  var bytes = Random.bytes(16)
  bytes[0] = bytes[0] & 0x7F | 0x40
  let number = try require(BN_bin2bn(bytes, Int32(bytes.count), nil), "make serial")
  defer { BN_free(number) }
  guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.pointer)) != nil else { throw .current("make serial") }
}

private func extend(_ certificate: borrowing Certificate, issuer: OpaquePointer, _ kind: Int32, _ value: String)
  throws(CryptographyError)
{
  try require(chengyun_add_extension(certificate.pointer, issuer, kind, value), "extend certificate")
}

private func addNames(of request: CertificateRequest, to certificate: borrowing Certificate) throws(CryptographyError) {
  let all =
    request.uris.map { (GEN_URI, Array($0.utf8), $0) } + request.dnsNames.map { (GEN_DNS, Array($0.utf8), $0) }
    + request.ipAddresses.map { (GEN_IPADD, addressBytes($0), $0) }
  guard !all.isEmpty else { return }
  let names = try require(chengyun_names_new(), "allocate")
  defer { chengyun_names_free(names) }
  for (kind, bytes, text) in all {
    guard !bytes.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw CryptographyError(operation: "name certificate", reason: "\(text) is not a URI, DNS name or IP address")
    }
    try require(chengyun_names_add(names, kind, bytes, Int32(bytes.count)), "allocate")
  }
  try require(chengyun_add_names(certificate.pointer, names), "name certificate")
}

/// 4 or 16 bytes; none when it is not an address.
private func addressBytes(_ text: String) -> [UInt8] {
  guard let address = a2i_IPADDRESS(text) else {
    ErrorQueue.clear()
    return []
  }
  defer { ASN1_OCTET_STRING_free(address) }
  return Array(UnsafeBufferPointer(start: ASN1_STRING_get0_data(address), count: Int(ASN1_STRING_length(address))))
}

private func sign(_ certificate: borrowing Certificate, with key: borrowing PrivateKey) throws(CryptographyError) {
  // Answers the signature's length.
  guard X509_sign(certificate.pointer, key.pointer, Algorithms.sha256) > 0 else { throw .current("sign certificate") }
}
