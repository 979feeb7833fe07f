/// What one message may cost. All are hard limits of the process; the RPC layer limits the bytes of a message before they come here.
public enum WireLimits {
  /// Deepest nesting of messages that is read: 100, as in the other protobuf implementations.
  public static let maxDepth: Int = 100

  /// Bytes of memory that one encoded byte may unfold into, beyond ``arenaFloorBytes``: 64.
  public static let maxUnfolding: Int = 64

  /// Memory that any message may use while it is read, however short: 64 KiB.
  public static let arenaFloorBytes: Int = 64 * 1024

  /// Most memory that one message may use while it is read: 256 MiB.
  public static let maxArenaBytes: Int = 256 * 1024 * 1024

  /// The most that reading an encoded message of this length may use.
  static func arenaBytes(forEncodedBytes count: Int) -> Int {
    let (scaled, overflow) = count.multipliedReportingOverflow(by: maxUnfolding)
    return overflow ? maxArenaBytes : min(maxArenaBytes, arenaFloorBytes + scaled)
  }
}
