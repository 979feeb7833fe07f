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

  /// Somebody's place among the readers.
  private struct Seat {
    let reader: LiveReader
    var sight: Sight
    let user: [UInt8]
    let session: [UInt8]
  }

  private struct State {
    var readers: [UInt64: Seat] = [:]
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
  /// - Returns: the reader, and its place.
  func join(_ person: Person, ended: @escaping @Sendable () -> Void) -> (number: UInt64, reader: LiveReader) {
    let number = state.withLock { state in
      state.nextReader += 1
      return state.nextReader
    }
    let reader = LiveReader { [self] in
      state.withLock { _ = $0.readers.removeValue(forKey: number) }
      ended()
    }
    let seat = Seat(reader: reader, sight: person.sight, user: person.identity.userId, session: person.identity.sessionId)
    let isClosed = state.withLock { state in
      state.readers[number] = seat
      return state.isClosed
    }
    if isClosed { reader.end() } else { reader.send(ServerSentEvent.ping) }
    return (number, reader)
  }

  /// The person sees more or less from now on.
  func look(_ number: UInt64, with sight: Sight) { state.withLock { $0.readers[number]?.sight = sight } }

  /// The session has ended: its pages are told so, and nothing more.
  func end(session: [UInt8]) {
    for seat in seats(where: { $0.session == session }) { signOut(seat.reader) }
  }

  func signOut(_ reader: LiveReader) {
    reader.send(ServerSentEvent.signedOut)
    reader.end()
  }

  /// Something about the person has changed: the pages connect again, which asks dispatch who it is.
  func renew(user: [UInt8]) {
    for seat in seats(where: { $0.user == user }) { seat.reader.end() }
  }

  private func seats(where matches: (Seat) -> Bool) -> [Seat] { state.withLock { $0.readers.values.filter(matches) } }

  private func send(_ event: ServerSentEvent, to covers: (Sight) -> Bool) {
    let seats = seats { covers($0.sight) }
    guard !seats.isEmpty else { return }
    let bytes = event.rendered()
    for seat in seats { seat.reader.send(bytes) }
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
      send(ServerSentEvent("case", .object(members))) {
        $0.covers(department: file.department, crew: file.crew, district: district)
      }
    }
    if order.count > Self.casesPerBatch { state.withLock { $0.missed += Int64(order.count - Self.casesPerBatch) } }
  }

  private func hand(onAlarms events: [Event]) {
    guard hasReaders else { return }
    for event in events where event.type.hasPrefix("lifeline.alarm_") {
      guard let news = try? LifelineEvent(decoding: event.body), let (change, alarm) = Self.reading(news),
        case .object(var members) = JSON(alarm: alarm, times)
      else { continue }
      members.append(.init("change", .string(change)))
      send(ServerSentEvent("alarm", .object(members))) { $0.coversAlarm(district: alarm.districtCode) }
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
