internal import CityModel
internal import NodeKit

/// The node's clock at one moment: the time and whether a replay drives it belong together.
struct ClockReading {
  let now: Instant
  let replaying: Bool

  init(_ clock: NodeClock) {
    var (seen, now, replaying) = (clock.changes, clock.now(), clock.isDriven)
    // Driven or released in between: read again.
    while clock.changes != seen { (seen, now, replaying) = (clock.changes, clock.now(), clock.isDriven) }
    self.now = now
    self.replaying = replaying
  }
}
