internal import CityModel
internal import CommonAPI
internal import ConsoleDomain
internal import DispatchAPI
internal import IntakeAPI

/// Writes cases as lines of a spreadsheet, with names instead of codes where they are known.
struct CaseLines: Sendable {
  let language: Language
  let zone: CityTimeZone
  private var names: [String: String] = [:]

  /// Without the services that keep the names the codes stand in their place.
  init(_ exchange: Exchange) async {
    language = exchange.language
    zone = exchange.console.zone
    let directory = exchange.console.directory
    for department in (try? await directory.departments(exchange.options)) ?? [] {
      names["department:\(department.code)"] = language.choose(department.name, department.nameEn)
      for crew in department.crews { names["crew:\(department.code):\(crew.code)"] = crew.name }
    }
    for (tier, kind) in [(Tier.district, "district"), (.street, "street")] {
      for division in (try? await directory.divisions(tier, exchange.options)) ?? [] { names["\(kind):\(division.code)"] = division.name }
    }
  }

  var header: [UInt8] { CSVTable.byteOrderMark + CSVTable.line(CaseColumns.header(language)) }

  func line(_ file: Case) -> [UInt8] {
    let place = file.place
    return CSVTable.line([
      file.number, CaseColumns.state(Codes.name(file.state, Codes.states), language), file.kind,
      language.choose(file.kindName, file.kindNameEn), file.text, place?.address ?? "", name("district", place?.districtCode ?? ""),
      name("street", place?.streetCode ?? ""), name("department", file.department), name("crew:\(file.department)", file.crew),
      CaseColumns.flag(file.urgent, language), CaseColumns.flag(file.overdue, language), CaseColumns.flag(file.supervised, language),
      time(file.filedAtUs), time(file.dueAtUs), time(file.endedAtUs), place?.point.map { "\($0.longitude)" } ?? "",
      place?.point.map { "\($0.latitude)" } ?? "",
    ])
  }

  private func name(_ kind: String, _ code: String) -> String {
    names["\(kind):\(code)"].flatMap { $0.isEmpty ? nil : $0 } ?? code
  }

  /// In the city's time, as spreadsheet programs read it; empty for 0: "not known".
  private func time(_ microseconds: Int64?) -> String {
    guard let microseconds, microseconds != 0 else { return "" }
    let seconds = microseconds / 1_000_000
    return "\(zone.local(Instant(seconds: seconds)))".replacing("T", with: " ")
  }
}
