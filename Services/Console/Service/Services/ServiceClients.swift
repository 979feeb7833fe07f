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

  /// serving, not_serving or unreachable; at most two seconds.
  func health() async -> [(service: String, state: String)] {
    await withTaskGroup(of: (String, String).self) { group in
      for (service, channel) in channels {
        group.addTask {
          let options = CallOptions(timeout: .seconds(2), waitForReady: false)
          guard let answer = try? await HealthClient(channel).check(HealthCheckRequest(), options) else { return (service, "unreachable") }
          return (service, answer.status == .serving ? "serving" : "not_serving")
        }
      }
      var found: [String: String] = [:]
      for await (service, state) in group { found[service] = state }
      return ServiceName.all.map { ($0, found[$0] ?? "unreachable") }
    }
  }

  func close() async {
    for channel in channels.values { await channel.close() }
  }
}
