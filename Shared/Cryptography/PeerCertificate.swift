// Who the other side proved to be.
internal import COpenSSL
internal import Glibc

/// The parts of a verified peer certificate that access rules and logs use.
public struct PeerCertificate: Sendable, Hashable {
  /// URIs among the subject's alternative names, for instance "spiffe://liuzhou/city/lz-1/intake".
  public let uris: [String]
  /// DNS names among them.
  public let dnsNames: [String]
  /// The subject's common name; for people's eyes, never for access.
  public let commonName: String?
  /// SHA-256 of the certificate's DER bytes: 32 bytes.
  public let fingerprint: [UInt8]
  /// Seconds since 1970 (UTC) when it ends.
  public let notAfter: Int64

  /// A certificate in PEM form (the first one of the text).
  public init(pem: [UInt8]) throws(CryptographyError) {
    self.init(try Certificate(pem: pem))
  }

  /// The first certificate of a file. Blocking, for start-up.
  public init(file path: String) throws(CryptographyError) {
    try self.init(pem: try PEMSource.file(path).load())
  }

  init(_ certificate: borrowing Certificate) {
    var uris: [String] = []
    var dnsNames: [String] = []
    if let names = chengyun_subject_alternative_names(certificate.pointer) {
      defer { chengyun_names_free(names) }
      for index in 0..<chengyun_names_count(names) {
        var data: UnsafePointer<UInt8>?
        var length: Int32 = 0
        let kind = chengyun_name_at(names, index, &data, &length)
        let text = String(decoding: UnsafeBufferPointer(start: data, count: Int(length)), as: UTF8.self)
        if kind == GEN_URI { uris.append(text) }
        if kind == GEN_DNS { dnsNames.append(text) }
      }
    }
    self.uris = uris
    self.dnsNames = dnsNames
    commonName = readCommonName(certificate)
    fingerprint = readFingerprint(certificate)
    notAfter = readNotAfter(certificate)
    ErrorQueue.clear()
  }
}

private func readCommonName(_ certificate: borrowing Certificate) -> String? {
  guard let subject = X509_get_subject_name(certificate.pointer) else { return nil }
  let index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
  guard index >= 0, let entry = X509_NAME_get_entry(subject, index) else { return nil }
  var text: UnsafeMutablePointer<UInt8>?
  let length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry))
  guard length >= 0, let text else { return nil }
  defer { CRYPTO_free(text, #file, #line) }
  return String(decoding: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self)
}

private func readFingerprint(_ certificate: borrowing Certificate) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: 32)
  var length: UInt32 = 32
  let result = X509_digest(certificate.pointer, EVP_sha256(), &digest, &length)
  precondition(result == 1 && length == 32, "SHA-256 of a parsed certificate")
  return digest
}

private func readNotAfter(_ certificate: borrowing Certificate) -> Int64 {
  var parts = tm()
  // A time that cannot be read counts as long past.
  guard ASN1_TIME_to_tm(X509_get0_notAfter(certificate.pointer), &parts) == 1 else { return 0 }
  return Int64(timegm(&parts))
}
