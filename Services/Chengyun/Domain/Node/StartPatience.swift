/// How long a node may take until all its services are healthy for the first time, and each of them until its database answers.
public enum StartPatience {
  /// The environment variable; the services read the same one.
  public static let name = "CHENGYUN_START_SECONDS"
  public static let defaultSeconds = 60
  /// Whole seconds, at most a day.
  public static let range = 1...86_400

  /// Nil when the text is no whole number of seconds in the range. No text, or an empty one, is the default.
  public static func parse(_ text: String?) -> Duration? {
    guard let text, !text.isEmpty else { return .seconds(defaultSeconds) }
    guard let seconds = Int(text), range.contains(seconds) else { return nil }
    return .seconds(seconds)
  }

  public static let fault = "\(name) must be a whole number of seconds from \(range.lowerBound) to \(range.upperBound)"
}
