internal import ChengyunDomain
internal import CityModel
internal import DispatchAPI
internal import IntakeAPI

/// What departments, crews and divisions are called; a code stands for itself where nobody named it.
struct StoryNames: Sendable {
  private let departments: [String: Department]
  private let divisions: [String: String]

  /// One question to each service that owns names.
  init(_ clients: NodeClients) async throws {
    async let departments = clients.dispatch.listDepartments(ListDepartmentsRequest()).departments
    async let divisions = clients.intake.listDivisions(ListDivisionsRequest()).divisions
    self.departments = Dictionary(try await departments.map { ($0.code, $0) }) { first, _ in first }
    self.divisions = Dictionary(try await divisions.map { (Self.key($0.tier, $0.code), $0.name) }) { first, _ in first }
  }

  func department(_ code: String) -> StoryText {
    guard let department = departments[code], !department.name.isEmpty else { return StoryText(code) }
    return StoryText(department.name, department.nameEn)
  }

  func crew(_ code: String, of department: String) -> StoryText {
    let name = departments[department]?.crews.first { $0.code == code }?.name ?? ""
    return StoryText(name.isEmpty ? code : name)
  }

  /// From the largest down, each with what it is.
  func divisions(of place: CityModel.Place) -> [StoryText] {
    let tiers: [(tier: Tier, code: String, zh: String, en: String)] = [
      (.district, place.districtCode, "区", "district"), (.street, place.streetCode, "街道", "street"),
      (.community, place.communityCode, "社区", "community"),
    ]
    return tiers.filter { !$0.code.isEmpty }.map { item in
      let name = divisions[Self.key(item.tier, item.code)] ?? ""
      return StoryText(
        "\(item.zh) \(name.isEmpty ? item.code : name)", "\(item.en) \(name.isEmpty ? item.code : name)")
    }
  }

  private static func key(_ tier: Tier, _ code: String) -> String { "\(tier.rawValue) \(code)" }
}
