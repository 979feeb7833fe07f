/// How personal data is shown to people who need not know it (DOMAIN.md §8).
public enum Masking {
  /// The first character, then two stars: 王**.
  public static func name(_ name: String) -> String {
    name.first.map { "\($0)**" } ?? ""
  }

  /// The first three and the last four digits: 138****1234. Shorter numbers show their last two only.
  public static func phone(_ phone: String) -> String {
    let characters = Array(phone)
    guard characters.count >= 9 else {
      return characters.count <= 2 ? String(repeating: "*", count: characters.count) : "****" + String(characters.suffix(2))
    }
    return String(characters.prefix(3)) + "****" + String(characters.suffix(4))
  }
}
