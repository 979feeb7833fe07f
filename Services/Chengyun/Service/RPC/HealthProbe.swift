internal import ChengyunDomain
internal import HealthAPI
internal import RPC
internal import Reactor

/// Asks the services for their health, as Kubernetes would.
struct HealthProbe: Sendable {
  /// How long an answer may take.
  static let patience = Duration.seconds(2)

  private let channels: [ServiceName: RPC.Channel]

  init(_ address: NodeAddress, reactors: ReactorGroup) throws {
    var configuration = ChannelConfiguration()
    configuration.initialBackoff = .milliseconds(20)
    configuration.maxBackoff = .milliseconds(100)
    configuration.connectTimeout = Self.patience
    channels = try address.channels(reactors: reactors, configuration: configuration)
  }

  /// serving, not_serving or unreachable.
  func health(of service: ServiceName) async -> String {
    guard let channel = channels[service] else { return "unreachable" }
    do {
      let answer = try await HealthClient(channel).check(HealthCheckRequest(), CallOptions(timeout: Self.patience))
      return answer.status == .serving ? "serving" : "not_serving"
    } catch {
      return "unreachable"
    }
  }

  func close() async {
    for channel in channels.values { await channel.close() }
  }
}
