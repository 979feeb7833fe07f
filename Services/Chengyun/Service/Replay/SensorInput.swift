internal import ChengyunDomain
internal import CityModel

/// Sensors and all their readings, read and understood.
struct SensorInput: Sendable {
  let file: SensorFile
  let plan: SensorPlan
  let rejected: [RejectedRow]

  /// `files` replace those that the sensors' series name: by the file's name, or the only one for the only sensor. Blocks: on a helper
  /// thread.
  static func load(path: String, files: [String]) throws -> SensorInput {
    var file: SensorFile
    do {
      file = try SensorFile(json: try Files.read(path))
    } catch let error as MappingError {
      throw HostError(error.faults.map { "\(path): \($0)" }.joined(separator: "\n"))
    }
    let given = Dictionary(files.map { (Files.name(of: $0), $0) }, uniquingKeysWith: { first, _ in first })
    var readings: [Reading] = []
    var rejected: [RejectedRow] = []
    for index in file.sensors.indices {
      guard let series = file.sensors[index].series else { continue }
      let only = files.count == 1 && file.sensors.count == 1 ? files[0] : nil
      let source = only ?? given[Files.name(of: series.file)] ?? Files.joined(Files.folder(of: path), series.file)
      file.sensors[index].series?.file = source
      try read(series, sensor: index, from: source, &readings, &rejected)
    }
    return SensorInput(file: file, plan: SensorPlan(readings), rejected: rejected)
  }

  private static func read(
    _ series: SensorFile.Series, sensor: Int, from source: String, _ readings: inout [Reading], _ rejected: inout [RejectedRow]
  ) throws {
    var reader = try series.makeReader(sensor: sensor)
    var parser = CSVParser()
    var hasHeader = false
    func take(_ record: CSVRecord, _ reader: inout SeriesReader) throws {
      do throws(RowFault) {
        if let reading = try reader.read(record) { readings.append(reading) }
      } catch {
        guard hasHeader else { throw HostError("\(source): \(error)") }
        rejected.append(RejectedRow(line: record.line, reason: "\(Files.name(of: source)): \(error)", raw: record.raw))
      }
      hasHeader = true
    }
    try SourceFile.read(source) { piece in
      for record in parser.feed(piece) { try take(record, &reader) }
    }
    for record in parser.finish() { try take(record, &reader) }
    guard hasHeader else { throw HostError("\(source) has no header line") }
  }
}
