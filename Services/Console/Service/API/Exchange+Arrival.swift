internal import CommonAPI
internal import EventsAPI
internal import NodeKit
internal import RPC

extension Exchange {
  /// Waits until the service has heard what intake has just recorded, milliseconds when all is well, so that what is read next is as the
  /// command left it. A service that is behind, or away, is waited for no longer than `Limits.arrivalPatience`: what intake recorded
  /// stands.
  /// - Parameter position: in intake's log; nil: there is nothing to wait for.
  /// - Returns: whether the service has heard of it.
  @discardableResult
  func hasArrived(_ position: Position?, at service: String) async -> Bool {
    guard let position else { return true }
    let request = AwaitRequest(source: ServiceName.intake, position: position)
    let options = CallOptions(timeout: Limits.arrivalPatience, waitForReady: false)
    return (try? await services.events[service]?.await(request, options)) != nil
  }
}
