import IntakeAPI
import RPC
import Reactor

/// Closed loop: each client sends its next report when the last one is durable.
struct IntakeLoad: Sendable {
  let options: Options

  private struct Tally: Sendable {
    var latencies = Latencies()
    var filed = 0
    var linked = 0
  }

  func run(_ channels: [RPC.Channel]) async throws -> String {
    let begin = MonotonicTime.now().advanced(by: .seconds(options.warmUp))
    let end = begin.advanced(by: .seconds(options.seconds))
    let total = try await withThrowingTaskGroup(of: Tally.self) { group in
      for client in 0..<options.clients {
        let intake = IntakeClient(channels[client % channels.count])
        group.addTask { try await submit(intake, client, measuring: begin, until: end) }
      }
      return try await group.reduce(into: Tally()) { sum, one in
        sum.latencies.add(one.latencies)
        sum.filed += one.filed
        sum.linked += one.linked
      }
    }
    let rate = Double(total.latencies.count) / options.seconds
    return "{\"reports_per_s\":\(rate),\"filed\":\(total.filed),\"linked\":\(total.linked),\(total.latencies.json)}"
  }

  private func submit(_ intake: IntakeClient, _ client: Int, measuring begin: MonotonicTime, until end: MonotonicTime) async throws -> Tally
  {
    var tally = Tally()
    var number = options.first + client
    while true {
      let sent = MonotonicTime.now()
      let answer = try await intake.submitReport(City.report(number))
      let answered = MonotonicTime.now()
      guard answered < end else { return tally }
      if answered >= begin {
        guard !answer.repeated else { throw LoadError.usedBefore(number) }
        tally.latencies.add(from: sent, to: answered)
        if answer.state == .filed { tally.filed += 1 } else { tally.linked += 1 }
      }
      number += options.clients
    }
  }
}

struct LoadError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }

  static func usedBefore(_ number: Int) -> LoadError { LoadError("report \(number) was sent before: give another --first") }
}
