import CityModel
import CommonAPI
import IntakeAPI

/// What happens in a scenario: reports, what is done about them, and what goes wrong. A function of the seed.
struct ScenarioPlan: Sendable {
  static let roundCount = 6
  static let reportsInARound = 50
  /// Each round is a day of the city's time, so that deadlines pass, weekends and the holiday count.
  static let roundLength = Duration.seconds(86_400)
  /// Thursday, 8 o'clock in Shanghai.
  static let begin = Instant(seconds: 1_709_164_800)

  var rounds: [Round] = []

  struct Round: Sendable {
    let start: Instant
    var reports: [PlannedReport] = []
    /// In the order of `after`.
    var faults: [Fault] = []
    var end: Instant { start + ScenarioPlan.roundLength }
  }

  struct PlannedReport: Sendable {
    let reference: String
    let request: SubmitReportRequest
    /// Goes with others in one stream.
    let streamed: Bool
    let misfortune: Misfortune
    let deeds: [Deed]
  }

  /// What happens to the first attempts of a call.
  enum Misfortune: Sendable {
    case none
    /// The client gives up after so many milliseconds, and tries again later.
    case cancelled(after: Int)
    /// The same request at the same time, so many times.
    case repeated(Int)
  }

  /// What people do about a case, one after the other, an hour apart.
  enum Deed: Sendable, Hashable {
    case accept, handled, passCheck, failCheck, close, cancel, giveBack
    case dispatch(String)
  }

  struct Fault: Sendable {
    /// Calls of the round that have been acknowledged before.
    let after: Int
    let kind: Kind
    enum Kind: Sendable {
      /// Stopped without patience and started again.
      case restart(Member)
      /// Every connection of the clients to it is cut.
      case hangUp(Member)
    }
  }

  init(seed: UInt64) {
    var random = ScenarioRandom(seed: seed)
    for index in 0..<Self.roundCount {
      var round = Round(start: Self.begin + Self.roundLength * index)
      for number in 0..<Self.reportsInARound { round.reports.append(Self.report(index * 1_000 + number, round, seed, &random)) }
      for number in 0..<3 { round.faults.append(Self.fault(after: 5 + number * 30 + random.below(25), &random)) }
      rounds.append(round)
    }
  }

  private static func fault(after: Int, _ random: inout ScenarioRandom) -> Fault {
    let member = Member.allCases[random.below(Member.allCases.count)]
    let cut = random.happens(50)
    return Fault(after: after, kind: cut ? .hangUp(random.happens(50) ? .intake : .dispatch) : .restart(member))
  }

  private static func report(_ number: Int, _ round: Round, _ seed: UInt64, _ random: inout ScenarioRandom) -> PlannedReport {
    var request = SubmitReportRequest()
    request.idempotencyKey = "scenario:\(seed):\(number)"
    request.channel = .hotline
    request.kind = ScenarioCity.kinds[random.below(ScenarioCity.kinds.count)].kind
    request.text = "报告 \(number)"
    request.externalRef = "S\(number)"
    request.occurredAtUs = (round.start + .seconds(random.below(12 * 3_600))).microseconds
    // Few places: many reports tell of the same thing.
    request.place = .init(point: .init(longitude: 109.40 + Double(random.below(12)) / 100, latitude: 24.30))
    if random.happens(30) { request.reporter = Reporter(name: "张三\(number)", phone: "13800138000") }
    if random.happens(10) { request.dueAtUs = request.occurredAtUs + 3_600_000_000 * Int64(1 + random.below(100)) }
    let misfortune: Misfortune =
      switch random.below(10) {
      case 0...2: .cancelled(after: random.below(15))
      case 3...4: .repeated(2 + random.below(4))
      default: .none
      }
    return PlannedReport(
      reference: request.externalRef, request: request, streamed: random.happens(30), misfortune: misfortune,
      deeds: deeds(checked: ScenarioCity.kinds.first { $0.kind == request.kind }!.checked, &random))
  }

  private static func deeds(checked: Bool, _ random: inout ScenarioRandom) -> [Deed] {
    let end: [Deed] = checked ? [.passCheck, .close] : [.close]
    return switch random.below(8) {
    case 0: []
    case 1: [.accept]
    case 2: [.cancel]
    case 3: [.accept, .giveBack, .dispatch(random.happens(50) ? ScenarioCity.departments[0] : ScenarioCity.departments[1]), .handled] + end
    case 4: [.handled, .failCheck, .handled] + end
    case 5: [.accept, .handled]
    default: [.handled] + end
    }
  }
}
