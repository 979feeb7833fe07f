/// One record of a CSV file, or what is wrong with it.
public struct CSVRecord: Sendable, Hashable {
  /// The line on which it begins, from 1. A quoted field may hold line ends, so a record can be longer than a line.
  public let line: Int
  public let fields: [String]
  /// As it stands in the file, without its line end.
  public let raw: String
  /// Why it cannot be read; `fields` is empty then.
  public let fault: CSVFault?
}

/// Why a record cannot be read.
public enum CSVFault: Error, Sendable, Hashable, CustomStringConvertible {
  case textAfterQuote(field: Int)
  case quoteNotClosed
  case notUTF8
  case tooLong(limitBytes: Int)

  public var description: String {
    switch self {
    case .textAfterQuote(let field): "field \(field): text follows the closing quote"
    case .quoteNotClosed: "a quote is opened and never closed"
    case .notUTF8: "the row is not UTF-8"
    case .tooLong(let limit): "the row is longer than \(limit) bytes"
    }
  }
}

/// CSV by RFC 4180, fed piece by piece: quoted fields with commas, doubled quotes and line ends; CRLF or LF; a byte order mark.
/// A stray quote costs one line, not the rest of the file: when no end is found within `recordLimit`, the first line is
/// reported as broken and reading goes on after it.
public struct CSVParser {
  /// Longest record in bytes.
  public static let recordLimit = 262_144

  private let delimiter: UInt8
  private let recordLimit: Int
  private var pending: [UInt8] = []
  /// Where the scan of `pending` stands, and in which state.
  private var scanned = 0
  private var state = ScanState.fieldStart
  private var line = 1
  private var atFileStart = true

  private enum ScanState { case fieldStart, plain, quoted, quoteInQuoted }

  public init(delimiter: UInt8 = UInt8(ascii: ","), recordLimit: Int = CSVParser.recordLimit) {
    self.delimiter = delimiter
    self.recordLimit = recordLimit
  }

  /// Takes the next piece of the file and gives the records that are complete. Blank lines are skipped.
  public mutating func feed(_ piece: [UInt8]) -> [CSVRecord] {
    pending.append(contentsOf: piece)
    if atFileStart, pending.count >= 3 {
      if pending.starts(with: [0xEF, 0xBB, 0xBF]) { pending.removeFirst(3) }
      atFileStart = false
    }
    return atFileStart ? [] : drain()
  }

  /// The file has ended.
  public mutating func finish() -> [CSVRecord] {
    atFileStart = false
    var records = drain()
    while !pending.isEmpty {
      if state == .quoted {
        records.append(giveUpFirstLine(.quoteNotClosed))
        records += drain()
      } else {
        if let record = takeRecord(end: pending.count, next: pending.count, lines: 1) { records.append(record) }
      }
    }
    return records
  }

  private mutating func drain() -> [CSVRecord] {
    var records: [CSVRecord] = []
    var start = 0
    var lines = 0
    func isNewline(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") }
    var index = scanned
    lines = pending[start..<index].count(where: isNewline)
    while index < pending.count {
      let byte = pending[index]
      if isNewline(byte) { lines += 1 }
      if isNewline(byte), state != .quoted {
        let end = index > start && pending[index - 1] == UInt8(ascii: "\r") ? index - 1 : index
        let record = Self.record(pending[start..<end], line: line, delimiter: delimiter)
        if let fault = record?.fault, lines > 1 {
          // A stray quote has joined lines that are records of their own.
          pending.removeFirst(start)
          records.append(giveUpFirstLine(fault))
          (start, lines, index) = (0, 0, -1)
        } else {
          if let record { records.append(record) }
          line += lines
          (start, lines, state) = (index + 1, 0, .fieldStart)
        }
      } else if index - start >= recordLimit {
        pending.removeFirst(start)
        records.append(giveUpFirstLine(state == .quoted ? .quoteNotClosed : .tooLong(limitBytes: recordLimit)))
        (start, lines, index) = (0, 0, -1)
      } else {
        state = Self.next(state, byte, delimiter)
      }
      index += 1
    }
    pending.removeFirst(start)
    scanned = pending.count
    return records
  }

  private static func next(_ state: ScanState, _ byte: UInt8, _ delimiter: UInt8) -> ScanState {
    let quote = UInt8(ascii: "\"")
    switch state {
    case .fieldStart: return byte == quote ? .quoted : byte == delimiter ? .fieldStart : .plain
    case .plain: return byte == delimiter ? .fieldStart : .plain
    case .quoted: return byte == quote ? .quoteInQuoted : .quoted
    case .quoteInQuoted: return byte == quote ? .quoted : byte == delimiter ? .fieldStart : .plain
    }
  }

  /// Reports the first line of `pending` as broken and starts again behind it.
  private mutating func giveUpFirstLine(_ fault: CSVFault) -> CSVRecord {
    let end = pending.firstIndex(of: UInt8(ascii: "\n")) ?? pending.count
    let raw = String(decoding: pending[..<min(end, recordLimit)], as: UTF8.self)
    let record = CSVRecord(line: line, fields: [], raw: raw, fault: fault)
    pending.removeFirst(min(end + 1, pending.count))
    line += 1
    scanned = 0
    state = .fieldStart
    return record
  }

  private mutating func takeRecord(end: Int, next: Int, lines: Int) -> CSVRecord? {
    let record = Self.record(pending[..<end], line: line, delimiter: delimiter)
    pending.removeFirst(next)
    line += lines
    scanned = 0
    state = .fieldStart
    return record
  }

  /// Splits a record that is known to be whole. Nil for a blank line.
  private static func record(_ bytes: ArraySlice<UInt8>, line: Int, delimiter: UInt8) -> CSVRecord? {
    guard !bytes.isEmpty else { return nil }
    guard let raw = String(validating: bytes, as: UTF8.self) else {
      return CSVRecord(line: line, fields: [], raw: String(decoding: bytes, as: UTF8.self), fault: .notUTF8)
    }
    do throws(CSVFault) {
      return CSVRecord(line: line, fields: try split(bytes, delimiter), raw: raw, fault: nil)
    } catch {
      return CSVRecord(line: line, fields: [], raw: raw, fault: error)
    }
  }

  private static func split(_ bytes: ArraySlice<UInt8>, _ delimiter: UInt8) throws(CSVFault) -> [String] {
    let quote = UInt8(ascii: "\"")
    var fields: [String] = []
    var index = bytes.startIndex
    while true {
      var field: [UInt8] = []
      if index < bytes.endIndex, bytes[index] == quote {
        index += 1
        while true {
          guard index < bytes.endIndex else { throw .quoteNotClosed }
          if bytes[index] == quote {
            index += 1
            guard index < bytes.endIndex, bytes[index] == quote else { break }
          }
          field.append(bytes[index])
          index += 1
        }
        guard index == bytes.endIndex || bytes[index] == delimiter else { throw .textAfterQuote(field: fields.count + 1) }
      } else {
        while index < bytes.endIndex, bytes[index] != delimiter {
          field.append(bytes[index])
          index += 1
        }
      }
      fields.append(String(decoding: field, as: UTF8.self))
      guard index < bytes.endIndex else { return fields }
      index += 1
      if index == bytes.endIndex {
        fields.append("")
        return fields
      }
    }
  }
}

/// Writes a field as RFC 4180 wants it.
public func csvField(_ text: String) -> String {
  let needsQuotes = text.utf8.contains {
    $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
  }
  return needsQuotes ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : text
}
