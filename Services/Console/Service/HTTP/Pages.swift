/// Which shell a page's address gets. What is in the page is the scripts' business.
enum Pages {
  private static let console: Set<String> = [
    "", "sign-in", "centre", "cases", "worklist", "tasks", "lifeline", "evaluation", "admin", "account",
  ]
  private static let citizen: Set<String> = ["report", "follow", "results"]

  /// The file, and the status: an address that nobody knows gets the console's shell, which says so. No file: not a page at all.
  static func shell(for path: String) -> (file: String?, status: Int) {
    let first = String(path.split(separator: "/").first ?? "")
    if citizen.contains(first) { return ("/citizen.html", 200) }
    if console.contains(first) { return ("/console.html", 200) }
    return (path.contains(".") ? nil : "/console.html", 404)
  }

  /// A shell's links to `/assets/…` and the like become links to this version, which browsers keep.
  /// - Parameter versions: by the folder's name.
  static func versioned(_ html: [UInt8], _ versions: [String: String]) -> [UInt8] {
    let marks = versions.map { (mark: Array("\"/\($0.key)/".utf8), version: Array("\($0.value)/".utf8)) }
    var out: [UInt8] = []
    var position = 0
    while position < html.count {
      if let (mark, version) = marks.first(where: { html[position...].starts(with: $0.mark) }) {
        out += mark + version
        position += mark.count
      } else {
        out.append(html[position])
        position += 1
      }
    }
    return out
  }
}
