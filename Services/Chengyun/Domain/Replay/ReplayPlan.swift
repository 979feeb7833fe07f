public import CityModel

/// What a replay does, in the order of the data's time.
public struct ReplayAction: Sendable, Hashable {
  public enum Deed: Int, Sendable, Hashable { case report, end }

  public let at: Instant
  public let deed: Deed
  /// Index into the cases.
  public let index: Int
}

/// A stretch of the data's time: first its reports are submitted, then its endings follow, then the clock moves to its end.
public struct ReplayWindow: Sendable, Hashable {
  public let reports: [Int]
  public let endings: [Int]
  /// The last action's time.
  public let end: Instant
  public var count: Int { reports.count + endings.count }
}

/// All rows sorted into windows.
public struct ReplayPlan: Sendable {
  /// Most actions in one window.
  public static let windowLimit = 500

  public let cases: [SourceCase]
  public let windows: [ReplayWindow]
  public let actionCount: Int
  /// The first and the last moment of the data; nil without cases.
  public let begin: Instant?
  public let end: Instant?

  public init(_ cases: [SourceCase], windowLimit: Int = ReplayPlan.windowLimit) {
    self.cases = cases
    var actions: [ReplayAction] = []
    actions.reserveCapacity(cases.count * 2)
    for (index, item) in cases.enumerated() {
      actions.append(ReplayAction(at: item.created, deed: .report, index: index))
      if let end = item.endTakesEffect { actions.append(ReplayAction(at: end, deed: .end, index: index)) }
    }
    actions.sort { ($0.at, $0.deed.rawValue, $0.index) < ($1.at, $1.deed.rawValue, $1.index) }
    windows = stride(from: 0, to: actions.count, by: windowLimit).map { start in
      let slice = actions[start..<min(start + windowLimit, actions.count)]
      return ReplayWindow(
        reports: slice.filter { $0.deed == .report }.map(\.index), endings: slice.filter { $0.deed == .end }.map(\.index),
        end: slice.last!.at)
    }
    actionCount = actions.count
    begin = actions.first?.at
    end = actions.last?.at
  }
}
