internal import CityModel

extension SensorFile.Series {
  /// Takes the records of the series' file, the header first, and gives readings. A blank value is a gap, not a mistake.
  public func makeReader(sensor: Int) throws(RowFault) -> SeriesReader {
    guard let zone = try? CityTimeZone(name: zoneName) else { throw RowFault("\(zoneName) is no time zone that this machine knows") }
    return SeriesReader(series: self, sensor: sensor, zone: zone)
  }
}

/// Reads one series.
public struct SeriesReader: Sendable {
  private let series: SensorFile.Series
  private let sensor: Int
  private let zone: CityTimeZone
  private var columns: (time: Int, value: Int)?

  init(series: SensorFile.Series, sensor: Int, zone: CityTimeZone) {
    self.series = series
    self.sensor = sensor
    self.zone = zone
  }

  /// Nil for the header and for a gap. Throws a sentence for a row that makes no sense.
  public mutating func read(_ record: CSVRecord) throws(RowFault) -> Reading? {
    if let fault = record.fault { throw RowFault(fault.description) }
    guard let columns else {
      let names = record.fields.map { $0.trimmed }
      guard let time = names.firstIndex(of: series.time), let value = names.firstIndex(of: series.value) else {
        throw RowFault("the file has no column \"\(series.time)\" or \"\(series.value)\"; it has: \(names.joined(separator: ", "))")
      }
      self.columns = (time, value)
      return nil
    }
    guard record.fields.count > max(columns.time, columns.value) else { throw RowFault("the row has \(record.fields.count) fields") }
    let text = record.fields[columns.value].trimmed
    if text.isEmpty || text == "NA" || text == "NaN" { return nil }
    guard let value = Double(text), value.isFinite else { throw RowFault("\(series.value): \"\(text)\" is no number") }
    do throws(TimeFormatError) {
      return Reading(sensor: sensor, at: try series.format.parse(record.fields[columns.time].trimmed).instant(in: zone), value: value)
    } catch {
      throw RowFault("\(series.time): \(error)")
    }
  }
}
