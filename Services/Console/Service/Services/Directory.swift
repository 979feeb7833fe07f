internal import ConsoleDomain
internal import DispatchAPI
internal import IntakeAPI
internal import RPC
internal import Reactor
internal import Synchronization

/// Names of codes, which hardly ever change: departments, kinds, divisions. Each kept for a minute.
final class Directory: Sendable {
  static let lifetime = Duration.seconds(60)

  private let services: ServiceClients
  private let departmentCache = Cached<[Department]>()
  private let kindCache = Cached<[Code]>()
  private let divisionCache = Cached<[Tier: [Division]]>()

  init(services: ServiceClients) { self.services = services }

  func departments(_ options: CallOptions) async throws -> [Department] {
    try await departmentCache.value(for: Self.lifetime) {
      try await services.dispatch.listDepartments(ListDepartmentsRequest(), options).departments
    }
  }

  func kinds(_ options: CallOptions) async throws -> [Code] {
    try await kindCache.value(for: Self.lifetime) {
      try await services.intake.getCodeTable(GetCodeTableRequest(table: "kind"), options).codes
    }
  }

  /// Without geometry.
  func divisions(_ tier: Tier, _ options: CallOptions) async throws -> [Division] {
    let all = try await divisionCache.value(for: Self.lifetime) {
      var found: [Tier: [Division]] = [:]
      for tier in [Tier.district, .street, .community] {
        found[tier] = try await services.intake.listDivisions(ListDivisionsRequest(tier: tier), options).divisions
      }
      return found
    }
    return all[tier] ?? []
  }
}

/// A value that is fetched when it is asked for and too old.
final class Cached<Value: Sendable>: Sendable {
  private let kept = Mutex<(value: Value, until: MonotonicTime)?>(nil)

  func value(for lifetime: Duration, _ fetch: () async throws -> Value) async throws -> Value {
    let now = MonotonicTime.now()
    if let kept = kept.withLock({ $0 }), kept.until > now { return kept.value }
    let value = try await fetch()
    kept.withLock { $0 = (value, now.advanced(by: lifetime)) }
    return value
  }
}
