// What a reporter shows to follow a report: nobody can guess it, and nobody has to store it.
public import CityModel
internal import Cryptography

/// 查询码 tracking tokens: the first 12 bytes of HMAC-SHA256(key, report id) in Crockford's base 32, which is 20 characters.
public struct TrackingTokens: Sendable {
  private static let byteCount = 12
  private let key: [UInt8]

  package init(key: [UInt8]) { self.key = key }

  public func token(for report: Identifier) -> String { Base32.encode(bytes(for: report)) }

  /// Whether what a person typed (small letters and hyphens are fine) is the report's token. Takes the same time for every wrong one.
  public func matches(_ typed: String, report: Identifier) -> Bool {
    guard let given = Base32.decode(typed) else { return false }
    return equalInConstantTime(given, bytes(for: report))
  }

  private func bytes(for report: Identifier) -> [UInt8] { Array(Hash.hmacSHA256(key: key, report.bytes).prefix(Self.byteCount)) }
}
