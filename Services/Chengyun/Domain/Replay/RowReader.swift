internal import CityModel

/// Understands rows by a mapping: finds the columns once, then turns each row into a `SourceCase` or a sentence why not.
public struct RowReader: Sendable {
  /// Longest texts that intake takes, in characters.
  public static let textLimit = 4_000
  public static let addressLimit = 500
  public static let noteLimit = 1_000

  private let mapping: Mapping
  private let columnCount: Int
  private let indices: [String: Int]
  private let zones: [String: CityTimeZone]

  /// Throws when the file lacks a column that the mapping names.
  public init(_ mapping: Mapping, header: [String]) throws(MappingError) {
    self.mapping = mapping
    columnCount = header.count
    let names = header.map { $0.trimmed }
    indices = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let missing = mapping.allColumns.filter { !names.contains($0.name) }
    guard missing.isEmpty else {
      let known = names.joined(separator: ", ")
      throw MappingError(
        missing.map { MappingFault(line: $0.line, field: $0.field, message: "the file has no column \"\($0.name)\"; it has: \(known)") })
    }
    var zones: [String: CityTimeZone] = [:]
    for name in Set([mapping.created, mapping.ended].map(\.zoneName) + (mapping.due.map { [$0.zoneName] } ?? [])) {
      guard let zone = try? CityTimeZone(name: name) else {
        throw MappingError([MappingFault(line: 1, field: "time_zone", message: "\(name) is no time zone that this machine knows")])
      }
      zones[name] = zone
    }
    self.zones = zones
  }

  public func read(_ record: CSVRecord) throws(RowFault) -> SourceCase {
    if let fault = record.fault { throw RowFault(fault.description) }
    let row = record.fields
    guard row.count == columnCount else { throw RowFault("the row has \(row.count) fields, the header \(columnCount)") }
    let id = value(mapping.id, row)
    guard !id.isEmpty else { throw RowFault("\(mapping.id.name): no id") }
    guard id.utf8.count <= 100 else { throw RowFault("\(mapping.id.name): the id is longer than 100 bytes") }
    guard let created = try time(mapping.created, row) else { throw RowFault("\(mapping.created.columns[0].name): no time of creation") }
    let status = value(mapping.status.column, row)
    guard let outcome = mapping.status.values[status] ?? mapping.status.fallback else {
      throw RowFault("\(mapping.status.column.name): \"\(status)\" is not translated by the mapping's status.values")
    }
    let ended = outcome.isEnded ? try time(mapping.ended, row) : nil
    guard !outcome.isEnded || ended != nil else {
      throw RowFault("\(mapping.ended.columns[0].name): no time, though the status is \"\(status)\"")
    }
    let kind = try code(mapping.kind, row)
    guard !kind.isEmpty else { throw RowFault("\(mapping.kind.column.name): no kind") }
    let (place, doubt) = judgedPlace(row)
    return SourceCase(
      line: record.line, id: id, created: created, due: try mapping.due.flatMap { column throws(RowFault) in try time(column, row) },
      ended: ended, outcome: outcome, status: status, kind: kind, channel: try channel(row), place: place, coordinateDoubt: doubt,
      owner: try mapping.owner.map { column throws(RowFault) in try code(column, row) } ?? "",
      crew: try mapping.crew.map { column throws(RowFault) in try code(column, row) } ?? "",
      text: joined(mapping.text, row, limit: Self.textLimit),
      note: mapping.note.map { String(value($0, row).prefix(Self.noteLimit)) } ?? "",
      reporterName: mapping.reporterName.map { value($0, row) } ?? "", reporterPhone: mapping.reporterPhone.map { value($0, row) } ?? "")
  }

  private func value(_ column: Column, _ row: [String]) -> String { row[indices[column.name]!].trimmed }

  private func joined(_ columns: [Column], _ row: [String], limit: Int) -> String {
    String(columns.map { value($0, row) }.filter { !$0.isEmpty }.joined(separator: ", ").prefix(limit))
  }

  private func time(_ column: TimeColumn, _ row: [String]) throws(RowFault) -> Instant? {
    guard let source = column.columns.first(where: { !value($0, row).isEmpty }) else { return nil }
    let zone = zones[column.zoneName]!
    do throws(TimeFormatError) {
      let time = try column.format.parse(value(source, row))
      let instant = column.endOfDay ? time.endOfDay(in: zone) : time.instant(in: zone)
      guard instant > .epoch, instant < .distantFuture else { throw TimeFormatError("\"\(value(source, row))\" lies outside 1970 to 9999") }
      return instant
    } catch {
      throw RowFault("\(source.name): \(error)")
    }
  }

  private func code(_ column: CodeColumn, _ row: [String]) throws(RowFault) -> String {
    let raw = value(column.column, row)
    let code = column.values[raw] ?? (raw.isEmpty ? column.fallback ?? "" : raw)
    guard code.utf8.count <= 120 else { throw RowFault("\(column.column.name): a code of more than 120 bytes") }
    return code
  }

  private func channel(_ row: [String]) throws(RowFault) -> ReplayChannel {
    let raw = mapping.channel.column.map { value($0, row) } ?? ""
    guard let channel = mapping.channel.values[raw] ?? mapping.channel.fallback else {
      throw RowFault("\(mapping.channel.column?.name ?? "channel"): \"\(raw)\" is not translated by the mapping's channel.values")
    }
    return channel
  }

  private func judgedPlace(_ row: [String]) -> (Place, doubt: String?) {
    var (place, doubt) = place(row)
    guard let words = doubt, mapping.place.doubtUnplaces else { return (place, doubt) }
    let stated = [place.districtCode, place.streetCode, place.communityCode].filter { !$0.isEmpty }
    if !stated.isEmpty { doubt = words + "; the source states \(stated.joined(separator: ", "))" }
    (place.districtCode, place.streetCode, place.communityCode) = ("", "", "")
    return (place, doubt)
  }

  private func place(_ row: [String]) -> (Place, doubt: String?) {
    let columns = mapping.place
    var place = Place(
      address: joined(columns.address, row, limit: Self.addressLimit), districtCode: columns.district.map { value($0, row) } ?? "",
      streetCode: columns.street.map { value($0, row) } ?? "", communityCode: columns.community.map { value($0, row) } ?? "")
    guard let longitude = columns.longitude.map({ value($0, row) }), let latitude = columns.latitude.map({ value($0, row) }),
      !(longitude.isEmpty && latitude.isEmpty)
    else { return (place, nil) }
    let written = "(\(longitude), \(latitude))"
    guard let x = Double(longitude), let y = Double(latitude), x.isFinite, y.isFinite else {
      return (place, "coordinates \(written) are not two numbers")
    }
    let point = GeoPoint(longitude: x, latitude: y)
    guard point.isValid else { return (place, "coordinates \(written) lie nowhere on the globe") }
    if columns.unknown.contains(point) { return (place, "coordinates \(written) stand for \"unknown\" in this source") }
    if let box = columns.box, !box.contains(point) { return (place, "coordinates \(written) lie outside the city's box") }
    place.point = point
    return (place, nil)
  }
}

extension Mapping {
  /// Every column that the mapping names.
  var allColumns: [Column] {
    let times = created.columns + (due?.columns ?? []) + ended.columns
    let codes = [id, kind.column, status.column] + [channel.column, owner?.column, crew?.column].compactMap { $0 }
    let places = [place.longitude, place.latitude, place.district, place.street, place.community].compactMap { $0 }
    return times + codes + places + place.address + text + [note, reporterName, reporterPhone].compactMap { $0 }
  }
}

extension StringProtocol {
  /// Without blanks at both ends.
  var trimmed: String {
    var rest = Substring(self)
    while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
    while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
    return String(rest)
  }
}
