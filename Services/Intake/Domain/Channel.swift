/// How a report came in (信息来源).
public enum Channel: Int16, Sendable, Hashable, CaseIterable {
  case hotline = 1
  case app = 2
  case web = 3
  case collector = 4
  case leader = 5
  case camera = 6
  case sensor = 7
  case transfer = 8
  case email = 9
  case counter = 10
  case open311 = 11
}
