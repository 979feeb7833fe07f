/// What a cluster that lives apart from its node's folder says of its owner.
public struct ClusterClaim: Sendable, Hashable {
  /// The node's folder.
  public let folder: String
  /// The file system on which the folder was at the node's last start.
  public let device: UInt64

  public init(folder: String, device: UInt64) {
    self.folder = folder
    self.device = device
  }

  /// Reads what `text` wrote. Nil when it is something else.
  public init?(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 2, lines[0].hasPrefix("/"), let device = UInt64(lines[1]) else { return nil }
    self.init(folder: String(lines[0]), device: device)
  }

  public var text: String { "\(folder)\n\(device)\n" }

  /// What is found today where the claim points.
  public struct Finding: Sendable, Hashable {
    public let folderExists: Bool
    /// The cluster that the folder names as its own.
    public let namedCluster: String?
    /// The file system of the folder, or of the nearest one above it that is there.
    public let device: UInt64?

    public init(folderExists: Bool, namedCluster: String?, device: UInt64?) {
      self.folderExists = folderExists
      self.namedCluster = namedCluster
      self.device = device
    }
  }

  /// Why nobody needs the cluster any longer, for the operator; nil while somebody may. A folder that is missing because its disk is not
  /// mounted is not a folder that was deleted: the place where it was then belongs to another file system.
  public func abandonment(of cluster: String, _ finding: Finding) -> String? {
    if finding.folderExists {
      return finding.namedCluster == cluster ? nil : "\(folder) has another cluster"
    }
    return finding.device == device ? "\(folder) was deleted" : nil
  }
}
