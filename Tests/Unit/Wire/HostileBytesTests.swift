import CommonAPI
import DispatchAPI
import Foundation
import IntakeAPI
import Testing

@testable import Wire

enum HeartOfCity {
  static let place = Place(
    point: Point(longitude: 121.4737, latitude: 31.2304), address: "人民大道 200 号", districtCode: "310101", streetCode: "310101002")
}

/// Whatever comes in, out comes a message or an error.
@Suite struct HostileBytesTests {
  /// Mutations of every message; CHENGYUN_FUZZ_ROUNDS asks for more than the 10 of an ordinary run.
  private static let rounds = ProcessInfo.processInfo.environment["CHENGYUN_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 10

  @Test(.timeLimit(.minutes(30)))
  func mutatedMessagesNeverTrapAndPythonAgreesWithWhatIsTaken() async throws {
    let seed = UInt64.random(in: 0..<1_000_000)
    var dice = Dice(seed: seed)
    var taken: [Oracle.Record] = []
    var refused = 0
    for record in try await Oracle.messages(seed: seed, count: 20) {
      let type = try #require(Oracle.types[record.type])
      for _ in 0..<Self.rounds {
        let bytes = dice.mutated(record.bytes)
        if let again = try reencoded(type, bytes) {
          taken.append(Oracle.Record(type: record.type, bytes: bytes, other: again))
        } else {
          refused += 1
        }
      }
    }
    #expect(refused > 1_000 && taken.count > 1_000, "the mutations are too tame or too wild: \(taken.count) taken, \(refused) refused")
    let complaints = try await Oracle.complaints(about: taken)
    #expect(complaints.isEmpty, "seed \(seed): \(complaints.prefix(2_000))")
  }

  private func reencoded<Message: WireMessage>(_ type: Message.Type, _ bytes: [UInt8]) throws -> [UInt8]? {
    guard let message = try? Message(decoding: bytes) else { return nil }
    let again = message.encoded()
    // Not `==` on the messages: NaN differs from itself.
    #expect(try Message(decoding: again).encoded() == again)
    return again
  }

  @Test func everyTruncationIsReadOrRefused() throws {
    let request = SubmitReportRequest(
      idempotencyKey: "k", kind: "pothole", text: "路面塌陷", place: HeartOfCity.place,
      evidence: [Evidence(kind: "photo", content: "a"), Evidence(kind: "video", content: "b")], dueAtUs: 0)
    let bytes = request.encoded()
    for length in 0..<bytes.count { _ = try? SubmitReportRequest(decoding: Array(bytes.prefix(length))) }
    #expect(try SubmitReportRequest(decoding: bytes) == request)
  }

  @Test(
    arguments: [
      ([0x0A, 0x05, 0x41], "a length beyond the end"),
      ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x41], "a length that wraps round 32 bits"),
      ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "a length of −1"),
      ([0x08, 0x01], "a string field as a number"),
      ([0x00, 0x01], "field number 0"),
      ([0x0B, 0x0C], "a group"),
      ([0x0F], "a wire type that does not exist"),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "a tag without an end"),
      ([0x78, 0xFF], "an unknown number without an end"),
      ([0x79, 0x01, 0x02], "eight bytes cut short"),
      ([0x7D, 0x01, 0x02], "four bytes cut short"),
    ] as [([UInt8], String)])
  func brokenBytesAreMalformed(_ bytes: [UInt8], _ what: String) {
    #expect(throws: WireError.malformed, "\(what)") { try Actor(decoding: bytes) }
  }

  @Test(
    arguments: [
      [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x01, 0x02],  // the list's length wraps round 32 bits
      [0x12, 0x02, 0x80, 0x80],  // an element without an end
    ] as [[UInt8]])
  func brokenPackedListsAreMalformed(_ bytes: [UInt8]) {
    #expect(throws: WireError.malformed) { try WorkCalendar(decoding: bytes) }
  }

  /// Fields come in any order; each is held against its own type wherever it stands.
  @Test func everyOrderOfFieldsIsChecked() {
    let numbers: Set<UInt8> = [2, 8, 12, 13, 14]
    func field(_ number: UInt8, isNumber: Bool) -> [UInt8] { [number << 3 | (isNumber ? 0 : 2), 0] }
    for first in 1...14 as ClosedRange<UInt8> {
      let start = field(first, isNumber: numbers.contains(first))
      for second in 1...14 as ClosedRange<UInt8> where second != first {
        let isNumber = numbers.contains(second)
        #expect(throws: Never.self) { try SubmitReportRequest(decoding: start + field(second, isNumber: isNumber)) }
        #expect(throws: WireError.malformed, "\(second) after \(first)") {
          try SubmitReportRequest(decoding: start + field(second, isNumber: !isNumber))
        }
      }
    }
  }

  @Test func aMessageFieldGivenTwiceIsMalformed() {
    // libprotobuf-c does not merge as the specification says.
    let once: [UInt8] = [0x0A, 0x02, 0x18, 0x01]
    #expect(throws: Never.self) { try GetCaseResponse(decoding: once) }
    #expect(throws: WireError.malformed) { try GetCaseResponse(decoding: once + once) }
    #expect(throws: WireError.malformed) { try IntakeEvent(decoding: [0x0A, 0x00, 0x0A, 0x00]) }
  }

  @Test func theLastMemberOfAOneofCounts() throws {
    let event = try IntakeEvent(decoding: [0x0A, 0x00, 0x12, 0x00])
    #expect(event.fact == .caseFiled(CaseFiled()))
  }

  @Test(arguments: [[0xC3, 0x28], [0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0xAF], [0xE4, 0xBA]] as [[UInt8]])
  func textThatIsNotUTF8NamesItsField(_ text: [UInt8]) {
    let bytes: [UInt8] = [0x12, UInt8(text.count)] + text
    #expect(throws: WireError.invalidUTF8(field: "role")) { try Actor(decoding: bytes) }
    #expect(throws: WireError.invalidUTF8(field: "evidence")) { try ReportHandledRequest(decoding: bytes) }
  }

  @Test func embeddedNulIsText() throws {
    let actor = Actor(id: "a\0b", name: "\0")
    #expect(try Actor(decoding: actor.encoded()) == actor)
    #expect(actor.encoded() == [0x0A, 0x03, 0x61, 0x00, 0x62, 0x1A, 0x01, 0x00])
  }

  @Test func unknownFieldsAreSkipped() throws {
    let bytes = Actor(id: "a").encoded() + [0xA0, 0x06, 0x05, 0xAA, 0x06, 0x02, 0x00, 0xFF, 0xA1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8]
    #expect(try Actor(decoding: bytes) == Actor(id: "a"))
  }

  @Test(arguments: [(Int32(77), IntakeAPI.Channel.unrecognized(77)), (1, .hotline), (-3, .unrecognized(-3))])
  func enumNumbersAreKept(_ number: Int32, _ channel: IntakeAPI.Channel) throws {
    #expect(IntakeAPI.Channel(rawValue: number) == channel)
    let request = SubmitReportRequest(channel: channel)
    #expect(try SubmitReportRequest(decoding: request.encoded()).channel.rawValue == number)
    let listed = ListReportsRequest(states: [.filed, .unrecognized(number), .rejected])
    #expect(try ListReportsRequest(decoding: listed.encoded()).states.map(\.rawValue) == [1, number, 3])
  }

  @Test func presenceOfOptionalNumbersIsKept() throws {
    #expect(SubmitReportRequest(dueAtUs: nil).encoded() == [])
    #expect(SubmitReportRequest(dueAtUs: 0).encoded() == [0x60, 0x00])
    #expect(try SubmitReportRequest(decoding: [0x60, 0x00]).dueAtUs == 0)
    #expect(try SubmitReportRequest(decoding: []).dueAtUs == nil)
  }

  @Test func minusZeroArrivesAsZero() throws {
    #expect(Point(longitude: -0.0, latitude: -1).encoded() == Point(latitude: -1).encoded())
    #expect(try Point(decoding: [0x09, 0, 0, 0, 0, 0, 0, 0, 0x80]).longitude.sign == .minus)
  }

  @Test(arguments: [false, true])
  func listsOfNumbersAreReadPackedAndUnpacked(_ isPacked: Bool) throws {
    let bytes: [UInt8] = isPacked ? [0x12, 0x03, 0x01, 0xAC, 0x02] : [0x10, 0x01, 0x10, 0xAC, 0x02]
    #expect(try WorkCalendar(decoding: bytes).workMinutes == [1, 300])
  }
}

/// Limits on memory, depth, and on calls inside calls.
@Suite struct LimitTests {
  @Test(.timeLimit(.minutes(1)))
  func emptySubmessagesThatUnfoldAreTooLarge() {
    // 4 MiB of two-byte cases, each a struct of hundreds of bytes.
    let bytes = [UInt8](repeating: 0, count: 4 << 20).enumerated().map { $0.offset % 2 == 0 ? UInt8(0x0A) : 0 }
    #expect(throws: WireError.tooLarge) { try ListCasesResponse(decoding: bytes) }
  }

  @Test(.timeLimit(.minutes(1)))
  func fourMebibytesOfHonestMessagesAreRead() throws {
    let places = ListDivisionsResponse(
      divisions: (0..<60_000).map { Division(tier: .street, code: "\($0)", name: "五里桥街道", parentCode: "310101") })
    let bytes = places.encoded()
    #expect(bytes.count > 2 << 20)
    #expect(try ListDivisionsResponse(decoding: bytes) == places)
  }

  @Test func depthIsLimited() throws {
    let bytes = SubmitReportRequest(place: HeartOfCity.place).encoded()
    try WireCheck.check(bytes, SubmitReportRequest.layout, maxDepth: 3)
    #expect(throws: WireError.tooDeep) { try WireCheck.check(bytes, SubmitReportRequest.layout, maxDepth: 2) }
  }

  @Test func anArenaInsideAnArenaIsAnother() {
    let outer = Arena(limit: 1 << 20)
    let first = outer.allocate(64)
    first.storeBytes(of: 42, as: Int.self)
    for _ in 0..<100 { _ = HeartOfCity.place.encoded() }
    let inner = Arena(limit: 1 << 20)
    inner.allocate(64).storeBytes(of: 7, as: Int.self)
    #expect(first.load(as: Int.self) == 42)
    // Both are used to the end.
    let areExhausted = (inner.isExhausted, outer.isExhausted)
    #expect(areExhausted == (false, false))
  }

  @Test func anArenaRefusesMoreThanItsLimit() {
    let arena = Arena(limit: 100)
    let isGranted = [96, 8, .max].map { arena.allocateWithinLimit($0) != nil }
    let isExhausted = arena.isExhausted
    #expect(isGranted == [true, false, false])
    #expect(isExhausted)
  }

  @Test func everyThreadHasItsOwnArena() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<16 {
        group.addTask {
          for size in 0..<200 {
            let actor = Actor(id: "\(worker)", name: String(repeating: "x", count: size * 97 % 40_000))
            try #require(try Actor(decoding: actor.encoded()) == actor)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

extension WireCheck {
  fileprivate static func check(_ bytes: [UInt8], _ layout: MessageLayout, maxDepth: Int) throws {
    try bytes.withUnsafeBytes { try check($0, layout, maxDepth: maxDepth) }
  }
}

/// A small seeded generator (SplitMix64).
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The bytes with one to three changes: a bit, a byte, a cut, a repeat, a swap, an insertion.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &self) {
      let at = Int.random(in: 0...bytes.count, using: &self)
      switch Int.random(in: 0..<6, using: &self) {
      case 0: bytes = Array(bytes.prefix(at))
      case 1: bytes.insert(UInt8.random(in: 0...255, using: &self), at: at)
      case 2: bytes.insert(contentsOf: bytes.suffix(bytes.count - at).prefix(16), at: at)
      case 3 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 4 where at < bytes.count: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &self)!
      case 5 where at < bytes.count: bytes.swapAt(at, Int.random(in: 0..<bytes.count, using: &self))
      default: break
      }
    }
    return bytes
  }
}
