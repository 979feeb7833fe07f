internal import AccountsAPI
internal import Cryptography
internal import DispatchAPI
internal import EvaluationAPI
internal import EventsAPI
internal import FeedbackAPI
internal import HealthAPI
internal import IntakeAPI
internal import LifelineAPI
internal import NodeAPI
internal import NodeKit
internal import RPC
internal import Reactor

/// The console's way to every service, with its own certificate.
struct ServiceClients: Sendable {
  let accounts: AccountsClient
  let intake: IntakeClient
  let dispatch: DispatchClient
  let lifeline: LifelineClient
  let evaluation: EvaluationClient
  let feedback: FeedbackClient
  let clock: ClockClient
  let events: [String: EventsClient]
  private let channels: [String: RPC.Channel]
  private let states = Cached<[ServiceState]>()

  struct ServiceState: Sendable {
    let service: String
    /// serving, not_serving or unreachable
    let state: String
  }

  init(addresses: [String: String], tls: TLSContext?, reactors: ReactorGroup) {
    var settings = ChannelConfiguration()
    settings.maxBackoff = .milliseconds(500)
    var channels: [String: RPC.Channel] = [:]
    for service in ServiceName.all {
      channels[service] = RPC.Channel(
        target: addresses[service] ?? "", tls: tls, expectedService: tls == nil ? nil : service, configuration: settings, reactors: reactors
      )
    }
    self.channels = channels
    accounts = AccountsClient(channels[ServiceName.dispatch]!)
    dispatch = DispatchClient(channels[ServiceName.dispatch]!)
    intake = IntakeClient(channels[ServiceName.intake]!)
    lifeline = LifelineClient(channels[ServiceName.lifeline]!)
    evaluation = EvaluationClient(channels[ServiceName.evaluation]!)
    feedback = FeedbackClient(channels[ServiceName.feedback]!)
    clock = ClockClient(channels[ServiceName.dispatch]!)
    events = channels.mapValues { EventsClient($0) }
  }

  /// At most a second old: whoever comes asks for it. An answer takes at most two.
  func health() async -> [ServiceState] {
    let asked = try? await states.value(for: .seconds(1)) {
      await withTaskGroup(of: ServiceState.self) { group in
        for (service, channel) in channels { group.addTask { await Self.state(of: service, channel) } }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    return (asked ?? []).sorted { ServiceName.all.firstIndex(of: $0.service) ?? 0 < ServiceName.all.firstIndex(of: $1.service) ?? 0 }
  }

  private static func state(of service: String, _ channel: RPC.Channel) async -> ServiceState {
    let options = CallOptions(timeout: .seconds(2), waitForReady: false)
    guard let answer = try? await HealthClient(channel).check(HealthCheckRequest(), options) else {
      return ServiceState(service: service, state: "unreachable")
    }
    return ServiceState(service: service, state: answer.status == .serving ? "serving" : "not_serving")
  }

  func close() async {
    for channel in channels.values { await channel.close() }
  }
}
