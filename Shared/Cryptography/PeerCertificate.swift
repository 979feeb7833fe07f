// Who the other side proved to be.
internal import COpenSSL
internal import Glibc

/// The parts of a verified peer certificate that access rules use.
public struct PeerCertificate: Sendable, Hashable {
  /// URIs among the subject's alternative names, for instance "spiffe://liuzhou/city/lz-1/intake".
  public let uris: [String]
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
    if let names = chengyun_subject_alternative_names(certificate.pointer) {
      defer { chengyun_names_free(names) }
      for index in 0..<chengyun_names_count(names) {
        var data: UnsafePointer<UInt8>?
        var length: Int32 = 0
        let kind = chengyun_name_at(names, index, &data, &length)
        guard kind == GEN_URI else { continue }
        uris.append(String(decoding: UnsafeBufferPointer(start: data, count: Int(length)), as: UTF8.self))
      }
    }
    self.uris = uris
    notAfter = readNotAfter(certificate)
    ErrorQueue.clear()
  }
}

private func readNotAfter(_ certificate: borrowing Certificate) -> Int64 {
  var parts = tm()
  // A time that cannot be read counts as long past.
  guard ASN1_TIME_to_tm(X509_get0_notAfter(certificate.pointer), &parts) == 1 else { return 0 }
  return Int64(timegm(&parts))
}
