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

  /// A shell's links to `/assets/…` become links to this version, which browsers keep.
  static func versioned(_ html: [UInt8], _ version: String) -> [UInt8] {
    let mark = Array("\"/assets/".utf8)
    var out: [UInt8] = []
    var position = 0
    while position < html.count {
      if html[position...].starts(with: mark) {
        out += mark + Array("\(version)/".utf8)
        position += mark.count
      } else {
        out.append(html[position])
        position += 1
      }
    }
    return out
  }
}
