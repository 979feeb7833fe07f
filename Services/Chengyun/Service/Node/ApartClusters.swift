internal import ChengyunDomain
internal import Glibc

/// Clusters that live apart from their nodes' folders, because the user who runs PostgreSQL cannot reach those.
struct ApartClusters: Sendable {
  static let defaultRoot = "/var/lib/chengyun"
  /// Most clusters that are looked at in one go.
  static let limit = 1_000

  let root: String

  init(root: String = ApartClusters.defaultRoot) { self.root = root }

  /// A new place for the folder's cluster.
  func home(for folder: NodeFolder) -> String { Files.joined(root, "\(shortName(of: folder.root))-\(getpid())") }

  /// The folder names the cluster before the cluster names the folder, so that a claim without an answer is an old one.
  func claim(_ home: String, for folder: NodeFolder) throws(HostError) {
    try Files.write(Array((home + "\n").utf8), to: folder.postgresElsewhere, mode: 0o644)
    guard let device = Files.device(folder.root) else { throw HostError("look at", folder.root) }
    try Files.write(Array(ClusterClaim(folder: folder.root, device: device).text.utf8), to: claimFile(of: home), mode: 0o644)
  }

  /// Removes the clusters that nobody needs any longer, and says which and why. One that still runs stays. Blocks.
  func removeAbandoned() -> [String] {
    var notes: [String] = []
    for name in Files.names(in: root).sorted().prefix(Self.limit) {
      let home = Files.joined(root, name)
      guard let reason = abandonment(of: home) else { continue }
      let cluster = PostgresCluster(folder: NodeFolder(root), home: home)
      if let pid = cluster.runningPostmaster {
        notes.append("the cluster \(home) stays, though \(reason): process \(pid) runs on it")
      } else {
        do {
          try cluster.remove()
          notes.append("the cluster \(home) was removed: \(reason)")
        } catch {
          notes.append("the cluster \(home) stays, though \(reason): \(error)")
        }
      }
    }
    rmdir(root)  // only an empty one goes
    return notes
  }

  private func abandonment(of home: String) -> String? {
    guard let claim = Files.readText(claimFile(of: home)).flatMap({ ClusterClaim($0) }) else { return nil }
    let folder = NodeFolder(claim.folder)
    return claim.abandonment(
      of: home,
      ClusterClaim.Finding(
        folderExists: Files.exists(folder.root), namedCluster: PostgresCluster.named(by: folder),
        device: Files.device(Files.nearestExisting(folder.root))))
  }

  private func claimFile(of home: String) -> String { Files.joined(home, "node") }
}

/// A short name for a path: FNV-1a, 64 bits. It only has to tell the nodes of one machine apart.
func shortName(of path: String) -> String {
  String(path.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 36)
}
