/// A sentence in the two languages of the platform.
public struct Words: Sendable, Hashable {
  public let chinese: String
  public let english: String

  public init(_ chinese: String, _ english: String) {
    self.chinese = chinese
    self.english = english
  }

  public static let none = Words("", "")
}
