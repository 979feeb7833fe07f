internal import ChengyunDomain
internal import CityModel
internal import NodeAPI
internal import RPC

/// The clocks of all services, driven together.
struct NodeClocks: Sendable {
  let clocks: [ServiceName: ClockClient]
  let patience: Patience

  /// Moves every clock to an instant. A clock that has been driven further already stays where it is.
  func drive(to instant: Instant) async throws {
    try await forEach("drive the clock") { clock in
      do {
        _ = try await clock.drive(DriveClockRequest(toUs: instant.microseconds))
      } catch let error as RPCError where error.code == .failedPrecondition {
        guard try await clock.get(GetClockRequest()).driven else { throw error }
      }
    }
  }

  /// Every clock follows the system's again.
  func release() async throws {
    try await forEach("release the clock") { _ = try await $0.release(ReleaseClockRequest()) }
  }

  func states() async throws -> [ServiceName: ClockState] {
    var states: [ServiceName: ClockState] = [:]
    for (service, clock) in clocks {
      states[service] = try await patience.repeating("read the clock of \(service)") { try await clock.get(GetClockRequest()) }
    }
    return states
  }

  private func forEach(_ what: String, _ body: @escaping @Sendable (ClockClient) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (service, clock) in clocks {
        group.addTask { try await patience.repeating("\(what) of \(service)") { try await body(clock) } }
      }
      try await group.waitForAll()
    }
  }
}
