/// Personal data as it is shown by default (等保 2.0, personal information law): enough to recognise, not enough to use.
public enum Masking {
  /// 138****1234: the first three and the last four of eleven or more characters; of shorter ones the last two at most.
  public static func phone(_ phone: String) -> String {
    let characters = Array(phone)
    if characters.count >= 11 {
      return String(characters.prefix(3)) + String(repeating: "*", count: characters.count - 7) + String(characters.suffix(4))
    }
    let shown = characters.count >= 5 ? 2 : 0
    return String(repeating: "*", count: characters.count - shown) + String(characters.suffix(shown))
  }

  /// The first character, the rest as two stars, whatever its length.
  public static func name(_ name: String) -> String {
    name.first.map { "\($0)**" } ?? ""
  }
}
