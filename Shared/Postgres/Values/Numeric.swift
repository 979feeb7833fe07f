internal import Glibc

/// PostgreSQL's `numeric` in binary: digits in base 10,000, the weight of the first one, the sign. Aggregates yield it.
struct Numeric {
  private let digits: [Int16]
  /// The first digit counts 10,000 to this power.
  private let weight: Int
  private let sign: UInt16

  private static let negative: UInt16 = 0x4000
  private static let positive: UInt16 = 0

  init(_ field: Field) throws(PostgresError) {
    let bytes = try field.required()
    func word(_ index: Int) -> UInt16 { UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)) }
    guard bytes.count >= 8, bytes.count == 8 + 2 * Int(word(0)) else { throw .decoding("a numeric that is cut short") }
    weight = Int(Int16(bitPattern: word(1)))
    sign = word(2)
    digits = (0..<Int(word(0))).map { Int16(bitPattern: word(4 + $0)) }
  }

  var double: Double {
    guard sign == Self.negative || sign == Self.positive else { return sign == 0xc000 ? .nan : sign == 0xd000 ? .infinity : -.infinity }
    // By way of text, so that the result is the nearest Double and not the sum of rounded parts.
    var text = sign == Self.negative ? "-0" : "0"
    for digit in digits {
      let four = String(digit)
      text += String(repeating: "0", count: 4 - four.utf8.count) + four
    }
    return strtod(text + "e\(4 * (weight - digits.count + 1))", nil)
  }

  var integer: Int64 {
    get throws(PostgresError) {
      guard sign == Self.negative || sign == Self.positive, digits.dropFirst(max(0, weight + 1)).allSatisfy({ $0 == 0 }) else {
        throw .decoding("a numeric that is no integer")
      }
      guard weight <= 4 else { throw .decoding("a numeric that does not fit an integer") }
      var value: Int64 = 0
      for index in 0..<max(0, weight + 1) {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10_000)
        let digit = Int64(index < digits.count ? digits[index] : 0)
        let (sum, carried) = product.addingReportingOverflow(sign == Self.negative ? -digit : digit)
        guard !overflow, !carried else { throw .decoding("a numeric that does not fit an integer") }
        value = sum
      }
      return value
    }
  }
}
