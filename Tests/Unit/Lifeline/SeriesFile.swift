import Glibc

/// A file of readings: `time,value` a line under a heading, packed or not. Lines without a value are gaps.
enum SeriesFile {
  /// Nil when there is no such file. `YYYY-MM-DD hh:mm:ss` or `YYYY-MM-DDThh:mm:ssZ`, read as UTC.
  static func read(_ path: String) -> [(at: Int64, value: Double)]? {
    guard access(path, R_OK) == 0 else { return nil }
    let command = path.hasSuffix(".gz") ? "gzip -dc '\(path)'" : "cat '\(path)'"
    guard let pipe = popen(command, "r") else { return nil }
    defer { pclose(pipe) }
    var series: [(at: Int64, value: Double)] = []
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, pipe) > 0 {
      let parts = String(cString: line!).split(whereSeparator: { $0 == "," || $0.isNewline })
      guard parts.count == 2, let value = Double(parts[1]), let at = time(parts[0]) else { continue }
      series.append((at, value))
    }
    return series
  }

  static var repository: String {
    #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 }
  }

  private static func time(_ text: Substring) -> Int64? {
    let numbers = text.split(whereSeparator: { !$0.isNumber }).compactMap { Int64($0) }
    guard numbers.count == 6 else { return nil }
    // Howard Hinnant's days_from_civil.
    let year = numbers[1] <= 2 ? numbers[0] - 1 : numbers[0]
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (numbers[1] + (numbers[1] > 2 ? -3 : 9)) + 2) / 5 + numbers[2] - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return (days * 86_400 + numbers[3] * 3_600 + numbers[4] * 60 + numbers[5]) * 1_000_000
  }
}
