// What a reporter shows to follow a report: nobody can guess it, and nobody stores it. Who has to find a report by it keeps its digest.
public import CityModel
internal import Cryptography

/// 查询码 tracking tokens: the first 12 bytes of HMAC-SHA256(key, report id) in Crockford's base 32, which is 20 characters.
public struct TrackingTokens: Sendable {
  private static let byteCount = 12
  private let key: [UInt8]

  package init(key: [UInt8]) { self.key = key }

  public func token(for report: Identifier) -> String { Base32.encode(bytes(for: report)) }

  /// SHA-256 of the token: the report is found by it, and nobody gets the token back from it.
  public func digest(for report: Identifier) -> [UInt8] { Hash.sha256(bytes(for: report)) }

  /// The digest of what a person typed (small letters and hyphens are fine); nil when that cannot be a token.
  public static func digest(ofTyped typed: String) -> [UInt8]? {
    guard let given = Base32.decode(typed), given.count == byteCount else { return nil }
    return Hash.sha256(given)
  }

  private func bytes(for report: Identifier) -> [UInt8] { Array(Hash.hmacSHA256(key: key, report.bytes).prefix(Self.byteCount)) }
}
