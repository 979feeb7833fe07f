/// What texts from outside may look like. Lengths are counted in code points, as the database does: a character may have any number of
/// them.
public enum PlainText {
  public static func fits(_ text: String, _ limit: Int) -> Bool { text.unicodeScalars.count <= limit }

  /// Free text: no control characters but tab and line ends.
  public static func isFree(_ text: String, atMost limit: Int = .max) -> Bool {
    fits(text, limit) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
  }

  /// A number, a key, a code, a name: no control characters at all.
  public static func isLine(_ text: String, atMost limit: Int = .max) -> Bool {
    fits(text, limit) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
  }
}
