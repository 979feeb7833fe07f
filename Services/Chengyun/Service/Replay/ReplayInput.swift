internal import ChengyunDomain
internal import CityModel
internal import Cryptography

/// A row that is not taken, for the rejects file.
struct RejectedRow: Sendable, Hashable {
  let line: Int
  let reason: String
  let raw: String
}

/// An extract and its mapping, read and understood.
struct ReplayInput: Sendable {
  let mapping: Mapping
  let plan: ReplayPlan
  let setUp: CitySetUp
  let divisions: [DivisionShape]
  let rejected: [RejectedRow]
  let rowCount: Int
  /// Of mapping, divisions, file and limit: the same replay has the same.
  let contentHash: String

  /// Reads everything. Blocks: on a helper thread.
  static func load(mappingPath: String, csvPath: String, limit: Int?) throws -> ReplayInput {
    var hash = IncrementalSHA256()
    let mappingBytes = try Files.read(mappingPath)
    mappingBytes.withUnsafeBytes { hash.update($0) }
    let (mapping, divisions) = try readMapping(mappingPath, mappingBytes)
    for division in divisions { division.wkb.withUnsafeBytes { hash.update($0) } }
    var rows = RowCollector(mapping: mapping, mappingPath: mappingPath, limit: limit)
    var parser = CSVParser(delimiter: mapping.delimiter)
    try SourceFile.read(csvPath) { piece in
      piece.withUnsafeBytes { hash.update($0) }
      for record in parser.feed(piece) { try rows.take(record) }
    }
    for record in parser.finish() { try rows.take(record) }
    guard rows.reader != nil else { throw HostError("\(csvPath) has no header line") }
    Array("limit \(limit ?? -1)".utf8).withUnsafeBytes { hash.update($0) }
    let digits = hash.finish().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return ReplayInput(
      mapping: mapping, plan: ReplayPlan(rows.cases), setUp: CitySetUp(rows.cases, mapping), divisions: divisions,
      rejected: rows.rejected, rowCount: rows.count, contentHash: String(digits.prefix(32)))
  }

  private static func readMapping(_ path: String, _ bytes: [UInt8]) throws -> (Mapping, [DivisionShape]) {
    do {
      let mapping = try Mapping(json: bytes)
      let folder = Files.folder(of: path)
      let shapes = try mapping.divisions.flatMap { try $0.shapes(of: try SourceFile.readAll(Files.joined(folder, $0.file))) }
      return (mapping, shapes)
    } catch let error as MappingError {
      throw HostError(error.faults.map { "\(path): \($0)" }.joined(separator: "\n"))
    }
  }
}

/// Takes records one by one: the first is the header.
private struct RowCollector {
  let mapping: Mapping
  let mappingPath: String
  let limit: Int?
  var reader: RowReader?
  var cases: [SourceCase] = []
  var rejected: [RejectedRow] = []
  var count = 0
  private var lineOfID: [String: Int] = [:]

  init(mapping: Mapping, mappingPath: String, limit: Int?) {
    self.mapping = mapping
    self.mappingPath = mappingPath
    self.limit = limit
  }

  mutating func take(_ record: CSVRecord) throws {
    guard let reader else {
      if let fault = record.fault { throw HostError("the header cannot be read: \(fault)") }
      do {
        self.reader = try RowReader(mapping, header: record.fields)
      } catch {
        throw HostError(error.faults.map { "\(mappingPath): \($0)" }.joined(separator: "\n"))
      }
      return
    }
    guard limit.map({ count < $0 }) ?? true else { return }
    count += 1
    do throws(RowFault) {
      let item = try reader.read(record)
      if let first = lineOfID[item.id] { throw RowFault("\(mapping.id.name): \(item.id) stands already on line \(first)") }
      lineOfID[item.id] = item.line
      cases.append(item)
    } catch {
      rejected.append(RejectedRow(line: record.line, reason: error.description, raw: record.raw))
    }
  }
}

extension RejectedRow {
  /// Columns line, reason, row. Written whole, so that a repeated replay leaves the same file.
  static func store(_ rows: [RejectedRow], to path: String) throws {
    let lines = rows.sorted { $0.line < $1.line }.map { "\($0.line),\(csvField($0.reason)),\(csvField($0.raw))\n" }
    try Files.write(Array(("line,reason,row\n" + lines.joined()).utf8), to: path, mode: 0o640)
  }
}
