import Glibc

/// SplitMix64: the same seed, the same scenario.
struct ScenarioRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

  mutating func happens(_ percent: Int) -> Bool { below(100) < percent }
}

/// `CHENGYUN_SCENARIO_SEED`, or one that is always tried and one of this run's own.
let scenarioSeeds: [UInt64] = {
  if let text = getenv("CHENGYUN_SCENARIO_SEED"), let seed = UInt64(String(cString: text)) { return [seed] }
  var random = SystemRandomNumberGenerator()
  return [2_017, random.next() % 1_000_000_000]
}()
