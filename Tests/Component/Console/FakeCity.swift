import AccountsAPI
import CityModel
import CommonAPI
import DispatchAPI
import EventsAPI
import FeedbackAPI
import IntakeAPI
import LifelineAPI
import RPC
import Reactor
import Synchronization
import TestKit
import Wire

/// The services as far as the console asks them in these tests, all at one address: answers as it is told, remembers what it was asked.
/// What is not here is UNIMPLEMENTED.
final class FakeCity: Sendable {
  struct State {
    /// By session token. Whoever is not here is signed out.
    var people: [String: Identity] = [:]
    var identified: [IdentifyRequest] = []
    var sessions: [Session] = []
    var records: [RecordRequest] = []
    /// A page each.
    var cases: [[Case]] = [[]]
    var listed = 0
    /// Called before each page of cases.
    var beforePage: @Sendable (Int) -> Void = { _ in }
    /// Whether consumers have heard of what was reported.
    var arrives = true
    /// What the console waited for.
    var awaited: [AwaitRequest] = []
    var readers: [AsyncStream<Event>.Continuation] = []
  }

  let state = Mutex(State())
  let server: Server
  let reactors: ReactorGroup
  private let (subscribed, hasSubscribed) = AsyncStream<Void>.makeStream()

  init() throws {
    reactors = try ReactorGroup(count: 1, name: "fake-city")
    let box = Box()
    let router = Self.router(box)
    server = try Server(
      configuration: ServerConfiguration(trustPlaintextPeers: true), reactors: reactors, router: router,
      access: AccessPolicy(Dictionary(uniqueKeysWithValues: router.methods.map { ($0, AccessRule.anyone) })), logger: TestLog.silent)
    box.city.withLock { $0 = self }
  }

  /// The handlers are made before the city that they answer for.
  private final class Box: Sendable {
    let city = Mutex<FakeCity?>(nil)
    var value: FakeCity {
      get throws {
        guard let city = city.withLock({ $0 }) else { throw RPCError(.unavailable, "not yet") }
        return city
      }
    }
  }

  /// Signs somebody in: the session's token is the name.
  func signIn(_ name: String, _ roles: PersonRole..., department: String = "", crew: String = "", district: String = "") {
    let identity = Identity(
      userId: id(name), name: name, displayName: name, roles: roles.map(\.rawValue), department: department, crew: crew, district: district,
      sessionId: id("session of \(name)"))
    state.withLock { state in
      state.people[name] = identity
      state.sessions.append(Session(id: identity.sessionId, userId: identity.userId))
    }
  }

  /// 16 bytes that are the name's.
  func id(_ name: String) -> [UInt8] { Array((Array(name.utf8) + [UInt8](repeating: 1, count: 16)).prefix(16)) }

  func idText(_ name: String) -> String { Identifier(bytes: id(name))?.description ?? "" }

  /// Tells whoever follows dispatch or lifeline.
  func tell(_ type: String, _ subject: String, _ body: [UInt8]) {
    let event = Event(type: type, subject: id(subject), body: body)
    for reader in state.withLock({ $0.readers }) { reader.yield(event) }
  }

  /// Until so many have subscribed.
  func waitForReaders(_ count: Int) async {
    var seen = 0
    for await _ in subscribed {
      seen += 1
      if seen == count { return }
    }
  }

  private static func router(_ box: Box) -> Router {
    var router = Router()
    addAccounts(to: &router, box)
    addEvents(to: &router, box)
    router.unary(DispatchMethods.listCases) { (request: ListCasesRequest, _: CallContext) async throws -> ListCasesResponse in
      let page = Int(request.page?.token ?? "") ?? 0
      let city = try box.value
      city.state.withLock { $0.beforePage }(page)
      return city.state.withLock { state in
        state.listed += 1
        let hasMore = page + 1 < state.cases.count
        return ListCasesResponse(cases: state.cases[page], nextPageToken: hasMore ? "\(page + 1)" : "")
      }
    }
    router.unary(IntakeMethods.placeReport) { (request: PlaceReportRequest, _: CallContext) async throws -> Report in
      Report(id: request.reportId, position: Position(transaction: 8, sequence: 2))
    }
    router.unary(IntakeMethods.unlinkReport) { (request: UnlinkReportRequest, _: CallContext) async throws -> Report in
      Report(id: request.reportId, position: Position(transaction: 8, sequence: 3))
    }
    router.unary(IntakeMethods.submitReport) { (request: SubmitReportRequest, _: CallContext) async throws -> SubmitReportResponse in
      SubmitReportResponse(
        state: .filed, caseNumber: "260101-000001-2", trackingToken: "secret", message: "已受理。",
        position: Position(transaction: 7, sequence: 1), messageEn: "Taken in.")
    }
    router.unary(IntakeMethods.getCodeTable) { (_: GetCodeTableRequest, _: CallContext) async throws -> CodeTable in
      CodeTable(
        table: "kind", version: "1",
        codes: [Code(code: "lamp", name: "路灯", nameEn: "Street light"), Code(code: "alarm", name: "生命线报警", staffOnly: true)])
    }
    router.unary(LifelineMethods.getSensor) { (request: GetSensorRequest, _: CallContext) async throws -> Sensor in
      guard request.sensorCode == "S 1" else {
        throw RPCError(.notFound, refusal: "lifeline.unknown_sensor", sentence: "没有登记的传感器。 No sensor.")
      }
      return Sensor(code: "S 1", name: "水位", rule: Rule(above: false, thresholds: [Threshold(severity: .red, limit: 2)]))
    }
    return router
  }

  private static func addAccounts(to router: inout Router, _ box: Box) {
    router.unary(AccountsMethods.identify) { (request: IdentifyRequest, _: CallContext) async throws -> IdentifyResponse in
      try box.value.state.withLock { state in
        state.identified.append(request)
        guard let identity = state.people[request.sessionToken] else {
          throw RPCError(.unauthenticated, refusal: "session_ended", sentence: "登录已失效。 Ended.")
        }
        return IdentifyResponse(signedIdentity: SignedIdentity(identity: identity.encoded()), identity: identity)
      }
    }
    router.unary(AccountsMethods.listSessions) { (request: ListSessionsRequest, _: CallContext) async throws -> ListSessionsResponse in
      ListSessionsResponse(sessions: try box.value.state.withLock { $0.sessions.filter { $0.userId == request.userId } })
    }
    router.unary(AccountsMethods.revokeSession) { (request: RevokeSessionRequest, _: CallContext) async throws -> RevokeSessionResponse in
      try box.value.state.withLock { state in
        let was = state.sessions.contains { $0.id == request.sessionId }
        state.sessions.removeAll { $0.id == request.sessionId }
        state.people = state.people.filter { $0.value.sessionId != request.sessionId }
        return RevokeSessionResponse(wasLiving: was)
      }
    }
    router.unary(AccountsMethods.record) { (request: RecordRequest, _: CallContext) async throws -> RecordResponse in
      try box.value.state.withLock { $0.records.append(request) }
      return RecordResponse()
    }
  }

  private static func addEvents(to router: inout Router, _ box: Box) {
    router.unary(EventsMethods.head) { (_: HeadRequest, _: CallContext) async throws -> HeadResponse in HeadResponse() }
    router.unary(EventsMethods.`await`) { (request: AwaitRequest, _: CallContext) async throws -> AwaitResponse in
      let arrives = try box.value.state.withLock { state in
        state.awaited.append(request)
        return state.arrives
      }
      guard arrives else { throw RPCError(.deadlineExceeded, "not yet") }
      return AwaitResponse()
    }
    router.serverStreaming(EventsMethods.subscribe) {
      (_: SubscribeRequest, responses: OutboundMessages<EventBatch>, _: CallContext) async throws in
      let city = try box.value
      let (events, continuation) = AsyncStream<Event>.makeStream()
      city.state.withLock { $0.readers.append(continuation) }
      city.hasSubscribed.yield()
      for await event in events { try await responses.send(EventBatch(events: [event])) }
    }
  }
}

/// A console with services behind it.
func withCity(_ body: @escaping @Sendable (ConsoleFixture, FakeCity) async throws -> Void) async throws {
  let city = try FakeCity()
  let address = try await city.reactors.reactors[0].spawn { "\(try await city.server.start()[0])" }.value
  let console = try ConsoleFixture(services: address)
  var failure: (any Error)?
  do {
    try await body(console, city)
  } catch {
    failure = error
  }
  await console.close()
  for reader in city.state.withLock({ $0.readers }) { reader.finish() }
  await city.server.drain(grace: .zero)
  await city.reactors.shutdown()
  if let failure { throw failure }
}
