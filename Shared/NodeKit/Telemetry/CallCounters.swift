// How many calls of each method ended how, counted without locks on each reactor.
public import Logging
public import RPC
public import Reactor
internal import Synchronization

/// Counts every call by method and status, and logs those that ended by our fault.
public struct CallCounters: ServerInterceptor {
  private final class Counts {
    var byMethod: [RPC.Method: [Int]] = [:]
  }

  private let counts = ReactorLocal { _ in Counts() }
  private let reactors: ReactorGroup
  private let logger: Logger

  public init(reactors: ReactorGroup, logger: Logger) {
    self.reactors = reactors
    self.logger = logger
  }

  public func end(_ call: CallContext, status: StatusCode, elapsed: Duration) {
    counts.value.byMethod[call.method, default: [Int](repeating: 0, count: StatusCode.allCases.count)][status.rawValue] += 1
    switch status {
    case .internal, .unknown, .dataLoss:
      logger.error("call failed", metadata: record(call, status, elapsed))
    default:
      if logger.logLevel <= .debug { logger.debug("call", metadata: record(call, status, elapsed)) }
    }
  }

  public func refused(_ call: CallContext, status: StatusCode) { end(call, status: status, elapsed: .zero) }

  private func record(_ call: CallContext, _ status: StatusCode, _ elapsed: Duration) -> Logger.Metadata {
    [
      "method": "\(call.method.path)", "status": "\(status)", "elapsed_us": "\(elapsed.wholeNanoseconds / 1_000)",
      "caller": "\(call.peer.identity?.service ?? "-")",
    ]
  }

  /// Calls so far by method path and status. From any task.
  public func totals() async -> [String: [StatusCode: Int]] {
    var totals: [String: [StatusCode: Int]] = [:]
    for reactor in reactors.reactors {
      let part = try? await reactor.spawn { counts.value.byMethod }.value
      for (method, byStatus) in part ?? [:] {
        for code in StatusCode.allCases where byStatus[code.rawValue] > 0 {
          totals[method.path, default: [:]][code, default: 0] += byStatus[code.rawValue]
        }
      }
    }
    return totals
  }

  /// One line a method: "/chengyun.node.v1.Clock/Get OK=3 UNAVAILABLE=1".
  func logTotals() async {
    for (path, byStatus) in await totals().sorted(by: { $0.key < $1.key }) {
      var metadata: Logger.Metadata = ["method": "\(path)"]
      for (code, count) in byStatus { metadata["\(code)"] = "\(count)" }
      logger.info("calls", metadata: metadata)
    }
  }
}
