/// Functions of a file by their indentation, as swift-format lays them out: a `func` or `init` line that opens a brace, to the
/// brace that closes at the same indentation.
struct Functions {
  let name: String
  let line: Int
  let lineCount: Int

  static func inFile(_ file: SourceFile) -> [Functions] {
    var found: [Functions] = []
    for (start, line) in file.lines.enumerated() {
      let text = line.drop { $0 == " " }
      guard !text.hasPrefix("//"), let name = declaredName(text) else { continue }
      let closing = String(repeating: " ", count: line.count - text.count) + "}"
      guard let length = file.lines[start...].firstIndex(where: { $0 == closing || $0.hasPrefix(closing + ")") }) else { continue }
      // A requirement of a protocol has no body: its "closing brace" would be that of something else.
      guard file.lines[start...length].contains(where: { $0.hasSuffix("{") || $0.hasSuffix(" in") }) else { continue }
      found.append(Functions(name: name, line: start + 1, lineCount: length - start + 1))
    }
    return found
  }

  private static func declaredName(_ text: Substring) -> String? {
    let words = text.split(separator: " ")
    guard let index = words.firstIndex(where: { $0 == "func" || $0.hasPrefix("init(") }) else { return nil }
    guard words[..<index].allSatisfy({ $0.first?.isLetter == true || $0.hasPrefix("@") }) else { return nil }
    return String(words[index] == "func" && index + 1 < words.count ? words[index + 1] : words[index])
  }
}
