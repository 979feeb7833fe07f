public import CityModel

/// What a password must be. Length counts more than kinds of characters (NIST SP 800-63B §5.1.1.2), and the ones that everybody tries first
/// are none.
public enum PasswordRule {
  /// In characters.
  public static let shortest = 10
  /// In characters and in bytes of UTF-8, so that nobody makes the hashing slow.
  public static let longest = 128
  public static let longestBytes = 512
  /// Different characters at least.
  static let fewestDifferent = 5

  public enum Fault: Error, Sendable, Hashable {
    case tooShort, tooLong, wellKnown, likeName, unchanged

    public var words: Words {
      switch self {
      case .tooShort: Words("密码至少 \(shortest) 个字符。", "A password has at least \(shortest) characters.")
      case .tooLong: Words("密码最多 \(longest) 个字符。", "A password has at most \(longest) characters.")
      case .wellKnown: Words("密码过于常见，请另选一个。", "That is one of the passwords that everybody tries first: choose another.")
      case .likeName: Words("密码不能包含用户名。", "A password must not hold the user's name.")
      case .unchanged: Words("新密码须与原密码不同。", "The new password is the old one.")
      }
    }
  }

  /// - Throws: what is wrong with it.
  public static func check(_ password: String, name: String) throws(Fault) {
    guard password.count <= longest, password.utf8.count <= longestBytes else { throw .tooLong }
    guard password.count >= shortest else { throw .tooShort }
    let plain = password.lowercased()
    guard !name.isEmpty, !plain.contains(name.lowercased()) else { throw .likeName }
    guard Set(plain).count >= fewestDifferent, !isRun(plain) else { throw .wellKnown }
    // "password2026!" is "password" all the same.
    let letters = plain.filter(\.isLetter)
    guard !wellKnown.contains(plain), !wellKnown.contains(letters), !letters.isEmpty || Set(plain).count > 8 else { throw .wellKnown }
  }

  /// Each character follows the one before it: 1234567890, abcdefghij, or backwards.
  private static func isRun(_ text: String) -> Bool {
    let values = text.unicodeScalars.map { Int($0.value) }
    let steps = Set(zip(values, values.dropFirst()).map { $1 - $0 })
    return steps.count == 1
  }

  /// What stands at the top of every leaked list and has, or is filled up to, ten characters.
  private static let wellKnown: Set<String> = [
    "password", "passwort", "passw", "qwertyuiop", "qwerty", "qwertyuiopasdfgh", "asdfghjkl", "zxcvbnm", "qazwsxedc", "qazwsx", "iloveyou",
    "admin", "administrator", "welcome", "letmein", "chengyun", "woaini", "abc", "abcabc", "test", "testtest", "changeme", "secret", "root",
    "user", "mima", "password password", "1q2w3e4r5t", "1qaz2wsx3edc", "q1w2e3r4t5", "1234512345", "1111122222", "0987654321", "1234567890",
  ]
}
