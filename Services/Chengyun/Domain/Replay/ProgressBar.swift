/// How far a long job is, for people: a bar that redraws itself on a terminal, a line for every tenth elsewhere.
public struct ProgressBar: Sendable {
  private let title: String
  private let total: Int
  private let isTerminal: Bool
  private let start: Double
  private var lastTenth = -1
  private var lastDrawn = -1.0

  /// Shortest time between two drawings on a terminal, in seconds.
  static let redrawInterval = 0.1

  /// `now` is in seconds of any clock that does not go back.
  public init(_ title: String, total: Int, isTerminal: Bool, now: Double) {
    self.title = title
    self.total = max(total, 1)
    self.isTerminal = isTerminal
    start = now
  }

  /// What is to be printed now, with its control characters and line end; nil when nothing is.
  public mutating func update(done: Int, now: Double) -> String? {
    let fraction = Double(min(done, total)) / Double(total)
    if isTerminal {
      guard done >= total || now - lastDrawn >= Self.redrawInterval else { return nil }
      lastDrawn = now
      let filled = Int(fraction * 30)
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
      return "\r\u{1B}[K\(title) \(bar) \(percent(fraction)) \(done)/\(total)\(pace(done, now))" + (done >= total ? "\n" : "")
    }
    let tenth = Int(fraction * 10)
    guard tenth > lastTenth else { return nil }
    lastTenth = tenth
    return "\(title): \(tenth * 10) % (\(done) of \(total))\(pace(done, now))\n"
  }

  private func percent(_ fraction: Double) -> String {
    let whole = String(Int(fraction * 100))
    return String(repeating: " ", count: 3 - whole.count) + whole + " %"
  }

  private func pace(_ done: Int, _ now: Double) -> String {
    let elapsed = now - start
    guard elapsed > 0.2, done > 0 else { return "" }
    let rate = Double(done) / elapsed
    let left = done >= total ? "" : ", \(Self.duration(Double(total - done) / rate)) left"
    return ", \(Int(rate.rounded()))/s\(left)"
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    return whole < 60 ? "\(whole) s" : whole < 3_600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3_600) h \(whole / 60 % 60) min"
  }
}
