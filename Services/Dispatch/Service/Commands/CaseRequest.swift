internal import CityModel
internal import DispatchDomain
internal import Events

/// A case by what the caller has of it.
enum CaseReference: Sendable, Hashable {
  case id(Identifier)
  /// As people write it: `171231-004217-3`.
  case number(String)

  var description: String {
    switch self {
    case .id(let id): id.description
    case .number(let number): number
    }
  }
}

/// A command on a case as it waits for its transaction.
struct CaseRequest: Sendable {
  /// Its key, and what the key stands for: repeating it returns the first answer.
  var logged: Events.Command
  var reference: CaseReference
  var command: DispatchDomain.Command
  /// The caller named the time; otherwise it is now, and "now" is never before what the case has lived through.
  var isTimed: Bool
  /// 0 means any.
  var expectedVersion: Int32
}

/// What became of a command.
enum CaseAnswer: Sendable {
  /// The case after it, and a position in the log that its events don't lie behind.
  case done(CaseFile, EventPosition)
  /// The answer that was given when the key was used first, encoded.
  case repeated([UInt8])
  case refused(Refusal)
}
