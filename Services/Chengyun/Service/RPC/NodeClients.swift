internal import AccountsAPI
internal import ChengyunDomain
internal import DispatchAPI
internal import EvaluationAPI
internal import EventsAPI
internal import FeedbackAPI
internal import IntakeAPI
internal import LifelineAPI
internal import NodeAPI
internal import RPC
internal import Reactor

/// The operator's way to every service of a node.
struct NodeClients: Sendable {
  let intake: IntakeClient
  let dispatch: DispatchClient
  let accounts: AccountsClient
  let lifeline: LifelineClient
  let evaluation: EvaluationClient
  let feedback: FeedbackClient
  let events: [ServiceName: EventsClient]
  let clocks: [ServiceName: ClockClient]
  private let channels: [ServiceName: RPC.Channel]

  init(_ address: NodeAddress, reactors: ReactorGroup) throws {
    var configuration = ChannelConfiguration()
    configuration.maxBackoff = .milliseconds(500)
    channels = try address.channels(reactors: reactors, configuration: configuration)
    intake = IntakeClient(channels[.intake]!)
    dispatch = DispatchClient(channels[.dispatch]!)
    accounts = AccountsClient(channels[.dispatch]!)
    lifeline = LifelineClient(channels[.lifeline]!)
    evaluation = EvaluationClient(channels[.evaluation]!)
    feedback = FeedbackClient(channels[.feedback]!)
    events = channels.mapValues { EventsClient($0) }
    clocks = channels.mapValues { ClockClient($0) }
  }

  func close() async {
    for channel in channels.values { await channel.close() }
  }
}
