internal import CityModel
internal import CommonAPI
internal import ConsoleDomain
internal import DispatchAPI
internal import EventsAPI
internal import LifelineAPI
internal import Logging
internal import NodeKit
internal import RPC
internal import Reactor
internal import Synchronization
internal import Wire

/// What happens, to all browsers that want to know: one subscription a service, however many readers.
final class LiveHub: Sendable {
  /// Case events of one batch that are handed on; pages that are told of more missed ones ask anew.
  static let casesPerBatch = 100
  static let pingInterval = 20
  private static let pauseAfterFailure = Duration.seconds(1)

  private struct State {
    var readers: [UInt64: (reader: LiveReader, sight: Sight)] = [:]
    var nextReader: UInt64 = 0
    var hasChanged = false
    var missed: Int64 = 0
    var isClosed = false
    var tasks: [Task<Void, any Error>] = []
  }

  private let services: ServiceClients
  private let times: TimeWriter
  private let logger: Logger
  private let state = Mutex(State())

  init(services: ServiceClients, zone: CityTimeZone, logger: Logger) {
    self.services = services
    times = TimeWriter(zone: zone)
    self.logger = logger
  }

  func start(on reactors: ReactorGroup) {
    let reactor = reactors.next()
    let tasks = [
      reactor.spawn { try await self.follow(ServiceName.dispatch) { self.hand(onCases: $0) } },
      reactor.spawn { try await self.follow(ServiceName.lifeline) { self.hand(onAlarms: $0) } },
      reactor.spawn { try await self.beat() },
    ]
    state.withLock { $0.tasks = tasks }
  }

  /// Ends all streams; new ones end at once.
  func close() {
    let (readers, tasks) = state.withLock { state in
      state.isClosed = true
      return (state.readers.values.map(\.reader), state.tasks)
    }
    for task in tasks { task.cancel() }
    for reader in readers { reader.end() }
  }

  /// - Parameter ended: Called once when the reader has gone.
  func join(_ sight: Sight, ended: @escaping @Sendable () -> Void) -> LiveReader {
    let number = state.withLock { state in
      state.nextReader += 1
      return state.nextReader
    }
    let reader = LiveReader { [self] in
      state.withLock { _ = $0.readers.removeValue(forKey: number) }
      ended()
    }
    let isClosed = state.withLock { state in
      state.readers[number] = (reader, sight)
      return state.isClosed
    }
    if isClosed { reader.end() } else { reader.send(ServerSentEvent.ping) }
    return reader
  }

  private func send(_ event: ServerSentEvent, to covers: (Sight) -> Bool) {
    let readers = state.withLock { $0.readers.values.filter { covers($0.sight) }.map(\.reader) }
    guard !readers.isEmpty else { return }
    let bytes = event.rendered()
    for reader in readers { reader.send(bytes) }
  }

  private var hasReaders: Bool { state.withLock { !$0.readers.isEmpty } }

  /// The pulse: once a second that the figures have changed, every twenty that the line stands.
  private func beat() async throws {
    var second = 0
    while true {
      try await Reactor.sleep(for: .seconds(1))
      second += 1
      let (hasChanged, missed) = state.withLock { state in
        defer { (state.hasChanged, state.missed) = (false, 0) }
        return (state.hasChanged, state.missed)
      }
      if hasChanged { send(ServerSentEvent("overview", ["missed": .integer(missed)])) { _ in true } }
      if second % Self.pingInterval == 0 { send(ServerSentEvent("ping", [:])) { _ in true } }
    }
  }

  // MARK: Sources

  /// From now on, and on again after every failure; what happened meanwhile is not made up for: pages ask anew when they are told to.
  private func follow(_ service: String, _ hand: @escaping @Sendable ([Event]) -> Void) async throws {
    guard let events = services.events[service] else { return }
    while !Task.isCancelled {
      do {
        let head = try await events.head(HeadRequest(), CallOptions(timeout: Limits.callTimeout))
        let request = SubscribeRequest(after: head.position, follow: true)
        try await events.subscribe(request, CallOptions(timeout: nil)) { batch in
          if !batch.events.isEmpty { hand(batch.events) }
        }
      } catch let error as RPCError {
        logger.info("events are not followed at the moment", metadata: ["service": "\(service)", "error": "\(error)"])
      }
      state.withLock { $0.hasChanged = true }
      try await Reactor.sleep(for: Self.pauseAfterFailure)
    }
  }

  /// Of several changes of one case the last is handed on: it holds the case as it stands.
  private func hand(onCases events: [Event]) {
    state.withLock { $0.hasChanged = true }
    guard hasReaders else { return }
    var newest: [[UInt8]: Event] = [:]
    var order: [[UInt8]] = []
    for event in events where event.type == "dispatch.case_changed" {
      if newest.updateValue(event, forKey: event.subject) == nil { order.append(event.subject) }
    }
    for subject in order.suffix(Self.casesPerBatch) {
      guard let event = newest[subject], let news = try? DispatchEvent(decoding: event.body), case .caseChanged(let change)? = news.fact,
        let file = change.caseFile, case .object(var members) = JSON(row: file, times)
      else { continue }
      members.append(.init("change", .string(Codes.name(change.fact?.kind ?? .unspecified, Codes.facts))))
      members.append(.init("changed_at", times.json(change.fact?.occurredAtUs)))
      let district = file.place?.districtCode ?? ""
      send(ServerSentEvent("case", .object(members))) { $0.covers(department: file.department, district: district) }
    }
    if order.count > Self.casesPerBatch { state.withLock { $0.missed += Int64(order.count - Self.casesPerBatch) } }
  }

  private func hand(onAlarms events: [Event]) {
    guard hasReaders else { return }
    for event in events {
      guard let news = try? LifelineEvent(decoding: event.body), let (change, alarm) = Self.reading(news),
        case .object(var members) = JSON(alarm: alarm, times)
      else { continue }
      members.append(.init("change", .string(change)))
      send(ServerSentEvent("alarm", .object(members))) { $0.coversAlarms }
    }
    state.withLock { $0.hasChanged = true }
  }

  private static func reading(_ event: LifelineEvent) -> (String, Alarm)? {
    switch event.fact {
    case .alarmRaised(let alarm): ("raised", alarm)
    case .alarmEscalated(let alarm): ("escalated", alarm)
    case .alarmEased(let alarm): ("eased", alarm)
    case .alarmAcknowledged(let alarm): ("acknowledged", alarm)
    case .alarmClosed(let alarm): ("closed", alarm)
    case .alarmCaseOpened(let alarm): ("case_opened", alarm)
    case nil: nil
    }
  }
}
