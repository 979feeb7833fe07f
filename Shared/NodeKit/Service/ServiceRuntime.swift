// What a service is given to build its parts from.
public import CityModel
public import Cryptography
public import Events
public import Logging
public import Postgres
public import RPC
public import Reactor
internal import Synchronization

/// Everything shared in a service's process. Made by `startService` in order, closed in reverse.
public struct ServiceRuntime: Sendable {
  public let configuration: ServiceConfiguration
  public let reactors: ReactorGroup
  /// The service's own schema.
  public let database: Database
  /// The service's own facts.
  public let events: EventLog
  public let clock: NodeClock
  public let logger: Logger
  /// Seals and opens personal data of this node.
  public let fieldCipher: FieldCipher
  public let trackingTokens: TrackingTokens
  /// The city's.
  public let timeZone: CityTimeZone
  public let health: HealthBoard
  /// Dispatch says with it who a person is.
  public let identityIssuer: IdentityIssuer
  let channels: PeerChannels

  /// The way to another service of the node. One channel a service and process; closed with the service.
  /// - Throws: `ConfigurationError` when its address is not configured.
  public func channel(to service: String) throws(ConfigurationError) -> RPC.Channel { try channels.channel(to: service) }
}

/// The channels to other services, made when first asked for.
final class PeerChannels: Sendable {
  private let addresses: [String: String]
  private let tls: TLSContext?
  private let reactors: ReactorGroup
  private let made = Mutex<[String: RPC.Channel]>([:])

  init(addresses: [String: String], tls: TLSContext?, reactors: ReactorGroup) {
    self.addresses = addresses
    self.tls = tls
    self.reactors = reactors
  }

  func channel(to service: String) throws(ConfigurationError) -> RPC.Channel {
    guard let address = addresses[service] else {
      throw ConfigurationError(NodeKeys.address(of: service), "is missing: this service calls \(service)")
    }
    return made.withLock { made in
      if let channel = made[service] { return channel }
      let channel = RPC.Channel(target: address, tls: tls, expectedService: tls == nil ? nil : service, reactors: reactors)
      made[service] = channel
      return channel
    }
  }

  func close() async {
    let all = made.withLock { made in
      defer { made.removeAll() }
      return Array(made.values)
    }
    for channel in all { await channel.close() }
  }
}
