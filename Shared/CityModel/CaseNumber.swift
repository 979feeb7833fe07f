/// The number of a case that people say on the telephone (案卷号): `171231-004217-3`, the local day of filing, a running number of
/// six digits, and a check digit (Luhn) that finds every single wrong digit and nearly every swap of neighbours.
///
/// Unique as long as a node files at most 1,000,000 cases a day.
public struct CaseNumber: Sendable, Hashable {
  /// Code points of what somebody may type as a number: 64.
  public static let typedLimit = 64

  /// The twelve digits before the check digit: YYMMDDNNNNNN.
  public let digits: Int64

  public init(day: LocalDate, sequence: Int64) {
    let running = sequence.flooredRemainder(by: 1_000_000)
    digits = (Int64(day.year.flooredRemainder(by: 100)) * 10_000 + Int64(day.month) * 100 + Int64(day.day)) * 1_000_000 + running
  }

  /// Reads what a person typed: hyphens and blanks anywhere. Nil when the length, the day or the check digit is wrong.
  public init?(parsing text: String) {
    var (value, count) = (Int64(0), 0)
    for byte in text.utf8 where byte != UInt8(ascii: "-") && byte != UInt8(ascii: " ") {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), count < 13 else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      count += 1
    }
    let day = Int32(value / 10_000_000 + 20_000_000)
    guard count == 13, LocalDate(yyyymmdd: day) != nil, Self.checkDigit(of: value / 10) == value % 10 else { return nil }
    digits = value / 10
  }

  public var checkDigit: Int64 { Self.checkDigit(of: digits) }

  private static func checkDigit(of digits: Int64) -> Int64 {
    var (rest, sum, double) = (digits, Int64(0), true)
    while rest > 0 {
      let digit = rest % 10 * (double ? 2 : 1)
      sum += digit > 9 ? digit - 9 : digit
      double.toggle()
      rest /= 10
    }
    return (10 - sum % 10) % 10
  }
}

extension CaseNumber: CustomStringConvertible {
  public var description: String {
    "\(padded(Int(digits / 1_000_000), 6))-\(padded(Int(digits % 1_000_000), 6))-\(checkDigit)"
  }
}
