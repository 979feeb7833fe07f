internal import CityModel
internal import Logging
internal import NodeKit

/// Raises the alarms of sensors that have fallen silent: at the next possible moment by the node's clock, and whenever that is driven.
package struct SilenceJob: Job {
  package let name = "silence"
  private let sweep: SweepSilence
  private let clock: NodeClock
  private let settings: LifelineSettings

  init(sweep: SweepSilence, clock: NodeClock, settings: LifelineSettings) {
    self.sweep = sweep
    self.clock = clock
    self.settings = settings
  }

  package func run() async throws {
    while true {
      let seen = clock.changes
      let next = try await sweep()
      try await clock.change(after: seen, atMost: pause(until: next))
    }
  }

  /// A clock that stands does not come nearer by waiting. New readings only move the moment away; a new rule may bring it nearer, which the
  /// longest pause bounds.
  private func pause(until next: Instant?) -> Duration {
    guard let next, !clock.isDriven else { return settings.silencePoll }
    return min(settings.silencePoll, max(.milliseconds(1), next - clock.now() + .milliseconds(1)))
  }
}
