internal import Glibc

extension CityTimeZone {
  /// Reads the zone from the system's database. Blocking, a few kilobytes: for start-up, not for requests.
  /// - Parameter name: An IANA name, for instance `Asia/Shanghai`.
  public init(name: String) throws(TimeZoneError) {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), name.utf8.count < 100,
      let file = fopen("/usr/share/zoneinfo/" + name, "rbe")
    else { throw .unknownName(name) }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: Self.maxFileBytes)
    let count = fread(&bytes, 1, bytes.count, file)
    guard count > 0 else { throw .unknownName(name) }
    try self.init(name: name, tzif: Array(bytes[..<count]))
  }

  /// The largest file of the database has 4 kB.
  private static let maxFileBytes = 64 * 1024
}
