internal import CityModel
internal import CommonAPI
internal import DispatchAPI
internal import DispatchDomain
internal import Events
internal import RPC
internal import Wire

/// What a command from outside may look like; whatever isn't so is INVALID_ARGUMENT with a sentence.
enum CommandLimits {
  static let reasonCharacters = 2_000
  static let evidenceItems = 50
  /// Of a name, a code or a key.
  static let nameCharacters = 200
  static let roles = 20
  /// Times that a replay may name: the years 1900 to 2199.
  static let times = Instant(seconds: -2_208_988_800)..<Instant(seconds: 7_258_118_400)
  /// Only this service may name the time of a command (a replay).
  static let replayer = "operator"
}

extension CaseRequest {
  /// - Parameters:
  ///   - request: the whole request, for the fingerprint.
  ///   - now: the time of commands that name none.
  /// - Throws: `RPCError`.
  init(
    _ wire: CaseCommand?, _ kind: CommandKind, of request: some WireMessage, _ call: CallContext, now: Instant,
    _ complete: (inout DispatchDomain.Command) -> Void = { _ in }
  ) throws {
    guard let wire else { throw Self.invalid("请填写 command。", "command is missing.") }
    guard !wire.idempotencyKey.isEmpty, PlainText.isCode(wire.idempotencyKey) else {
      throw Self.invalid(
        "幂等键须为 1 至 200 个字符，不含控制字符。", "idempotency_key has 1 to 200 characters and no control characters.")
    }
    var command = DispatchDomain.Command(
      kind, by: try call.person.map(DispatchDomain.Actor.init) ?? Self.actor(wire.actor), at: now, reason: wire.reason)
    if wire.occurredAtUs != 0 {
      guard call.peer.identity.map({ $0.service == CommandLimits.replayer }) ?? true else {
        throw RPCError(.permissionDenied, "只有运维重放可以指定发生时间。 Only an operator's replay may name the time of a command.")
      }
      command.at = Instant(microseconds: wire.occurredAtUs)
      guard CommandLimits.times.contains(command.at) else {
        throw Self.invalid("发生时间须在 1900 至 2199 年之间。", "occurred_at_us lies in the years 1900 to 2199.")
      }
    }
    complete(&command)
    try Self.check(command)
    self.init(
      logged: Events.Command(key: wire.idempotencyKey, method: call.method.path, request: Self.fingerprint(request, call)),
      reference: try CaseReference(wire), command: command, isTimed: wire.occurredAtUs != 0, expectedVersion: wire.expectedVersion)
  }

  /// With the person, so that a key used by one is not another's.
  private static func fingerprint(_ request: some WireMessage, _ call: CallContext) -> [UInt8] {
    request.encoded(prefix: 0) + (call.person.map { Array($0.id.utf8) } ?? [])
  }

  private static func actor(_ wire: CommonAPI.Actor?) throws -> DispatchDomain.Actor {
    guard let wire, let role = Role(rawValue: wire.role) else {
      let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
      throw invalid("须说明操作人及其角色。", "actor.role is one of \(roles).")
    }
    return DispatchDomain.Actor(id: wire.id, role: role, name: wire.name)
  }

  private static func check(_ command: DispatchDomain.Command) throws {
    guard PlainText.fits(command.reason, CommandLimits.reasonCharacters) else {
      throw invalid("原因最多 2000 个字符。", "reason has at most 2,000 characters.")
    }
    guard command.evidence.count <= CommandLimits.evidenceItems,
      command.evidence.allSatisfy({ PlainText.fits($0, CommandLimits.reasonCharacters) })
    else { throw invalid("佐证最多 50 条，每条最多 2000 个字符。", "evidence has at most 50 items of at most 2,000 characters.") }
    let names = [command.department, command.crew, command.authority, command.actor.id, command.actor.name]
    guard names.allSatisfy({ PlainText.fits($0, CommandLimits.nameCharacters) }) else {
      throw invalid("编码和名称最多 200 个字符。", "Codes and names have at most 200 characters.")
    }
    guard (names + command.evidence).allSatisfy({ PlainText.isFree($0) }), !command.reason.utf8.contains(0) else {
      throw invalid("文字含有控制字符。", "A text holds control characters.")
    }
  }

  static func invalid(_ chinese: String, _ english: String) -> RPCError { RPCError(.invalidArgument, "\(chinese) \(english)") }
}

extension CaseReference {
  init(_ wire: CaseCommand) throws {
    guard wire.caseId.isEmpty != wire.number.isEmpty else {
      throw CaseRequest.invalid("请用 case_id 或 number 之一指明案卷。", "Name the case by case_id or by number, one of the two.")
    }
    if wire.caseId.isEmpty {
      guard PlainText.isCode(wire.number) else {
        throw CaseRequest.invalid("案卷编号最多 200 个字符，不含控制字符。", "number has at most 200 characters, and no control characters.")
      }
      self = .number(CaseNumber(parsing: wire.number).map(\.description) ?? wire.number)
    } else {
      guard let id = Identifier(bytes: wire.caseId) else { throw CaseRequest.invalid("case_id 须为 16 字节。", "case_id has 16 bytes.") }
      self = .id(id)
    }
  }
}

extension PlainText {
  /// A code, a key, a number: at most 200 characters.
  static func isCode(_ text: String) -> Bool { isLine(text, atMost: CommandLimits.nameCharacters) }
}
