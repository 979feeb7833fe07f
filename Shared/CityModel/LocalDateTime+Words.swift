extension LocalDateTime {
  /// As it stands in a sentence: `2017年12月31日 08:05` and `31 December 2017, 08:05`; seconds only where there are some.
  public var words: Words {
    Words(
      "\(date.year)年\(date.month)月\(date.day)日 \(clock)",
      "\(date.day) \(Self.months[date.month - 1]) \(date.year), \(clock)")
  }

  /// As it stands in a table: `2017-12-31 08:05:00`.
  public var plain: String { "\(date) \(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))" }

  /// `08:05`, with seconds only where there are some.
  var clock: String { "\(padded(hour, 2)):\(padded(minute, 2))" + (second == 0 ? "" : ":\(padded(second, 2))") }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
  ]
}
