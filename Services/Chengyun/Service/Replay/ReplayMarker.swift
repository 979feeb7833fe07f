internal import ChengyunDomain

/// A completed replay, remembered by the content of its input: a second one has nothing to do.
struct ReplayMarker: Sendable, Hashable {
  let contentHash: String
  let source: String
  let summary: ReplaySummary

  func store(in folder: NodeFolder) throws {
    let counts: [(String, Int)] = [
      ("reports", summary.reports), ("closed", summary.closed), ("cancelled", summary.cancelled), ("referred", summary.referred),
      ("open", summary.open), ("duplicates", summary.duplicates), ("without_point", summary.withoutPlace),
    ]
    let json = JSONText.object(
      [("source", .string(source)), ("content", .string(contentHash))] + counts.map { ($0.0, .integer(Int64($0.1))) })
    try Files.write(Array(json.rendered().utf8), to: Self.path(contentHash, folder), mode: 0o640)
  }

  static func load(_ contentHash: String, in folder: NodeFolder) -> ReplayMarker? {
    guard let bytes = try? Files.read(path(contentHash, folder)), let root = try? JSONParser.parse(bytes) else { return nil }
    func count(_ name: String) -> Int { root[name]?.integer ?? 0 }
    let summary = ReplaySummary(
      reports: count("reports"), repeated: count("reports"), closed: count("closed"), cancelled: count("cancelled"),
      referred: count("referred"), open: count("open"), duplicates: count("duplicates"), withoutPlace: count("without_point"))
    return ReplayMarker(contentHash: contentHash, source: root["source"]?.string ?? "", summary: summary)
  }

  private static func path(_ contentHash: String, _ folder: NodeFolder) -> String {
    Files.joined(folder.replays, "\(contentHash).json")
  }
}
