/// What a browser says of the answers that it takes.
public enum ContentCoding {
  /// Whether `Accept-Encoding` (RFC 9110, section 12.5.3) takes gzip. Nothing said, or anything odd: no.
  public static func acceptsGzip(_ header: String?) -> Bool {
    var any = false
    for entry in (header ?? "").split(separator: ",") {
      let parts = entry.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
      guard let name = parts.first else { continue }
      let isTaken = !parts.dropFirst().contains { $0.hasPrefix("q=") && (Double($0.dropFirst(2)) ?? 0) <= 0 }
      if name == "gzip" || name == "x-gzip" { return isTaken }
      if name == "*" { any = isTaken }
    }
    return any
  }
}

/// `If-None-Match` (RFC 9110, section 13.1.2).
public enum EntityTags {
  /// Whether the browser has one of these already. Tags with their quotes; a weak one counts as the strong one.
  public static func holds(_ header: String?, anyOf tags: [String]) -> Bool {
    for entry in (header ?? "").split(separator: ",") {
      var text = entry.drop { $0 == " " }
      while text.last == " " { text.removeLast() }
      if text == "*" { return true }
      if text.hasPrefix("W/") { text = text.dropFirst(2) }
      if tags.contains(String(text)) { return true }
    }
    return false
  }
}

/// In which language somebody is answered where there is room for one only: Chinese unless English is asked for.
public enum Language: String, Sendable, Hashable, CaseIterable {
  case chinese = "zh"
  case english = "en"

  /// - Parameters:
  ///   - asked: by the page; empty when it says nothing. Then the first of `Accept-Language` that we speak counts.
  public init(asked: String, accepted header: String?) {
    if let asked = Language(rawValue: asked) {
      self = asked
      return
    }
    let languages = (header ?? "").split(separator: ",").map { $0.drop { $0 == " " }.prefix(2).lowercased() }
    self = languages.lazy.compactMap(Language.init(rawValue:)).first ?? .chinese
  }

  public func choose(_ chinese: String, _ english: String) -> String {
    self == .english && !english.isEmpty || chinese.isEmpty ? english : chinese
  }
}
