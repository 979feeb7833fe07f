// The clock's RPCs. Access: the operator only (ServiceParts adds the rules).
internal import CityModel
internal import NodeAPI
internal import RPC

struct ClockService: ClockHandler {
  let clock: NodeClock

  func drive(_ request: DriveClockRequest, _ call: CallContext) async throws -> ClockState {
    let target = Instant(microseconds: request.toUs)
    guard target > .distantPast, target < .distantFuture else {
      throw RPCError(.invalidArgument, "to_us is not a time that the platform keeps")
    }
    do {
      try await clock.drive(to: target)
    } catch let error as ClockError {
      throw RPCError(.failedPrecondition, error.description)
    }
    return state
  }

  func release(_ request: ReleaseClockRequest, _ call: CallContext) async throws -> ClockState {
    try await clock.release()
    return state
  }

  func get(_ request: GetClockRequest, _ call: CallContext) async throws -> ClockState { state }

  private var state: ClockState { ClockState(nowUs: clock.now().microseconds, driven: clock.isDriven) }
}
