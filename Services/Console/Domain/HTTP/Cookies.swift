/// The request header `Cookie` (RFC 6265).
public enum Cookies {
  /// All values under the name: a second one may have been planted by a neighbour's page, so the reader tries each.
  public static func values(named name: String, in header: String) -> [String] {
    header.split(separator: ";").compactMap { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { return nil }
      return String(parts[1].drop { $0 == " " })
    }
  }
}
