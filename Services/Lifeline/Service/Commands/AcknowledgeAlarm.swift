package import CityModel
package import Events
package import LifelineDomain
internal import NodeKit
internal import Postgres

/// A person has seen an alarm. Repeating the command gives the first answer.
package struct AcknowledgeAlarm: Sendable {
  package static let longestNote = 2_000
  private let database: Database
  private let clock: NodeClock

  init(database: Database, clock: NodeClock) {
    self.database = database
    self.clock = clock
  }

  /// - Parameter answer: encodes the alarm as the caller gets it, and as a repetition will get it.
  /// - Throws: `LifelineRefusal`, `CommandConflict`.
  package func callAsFunction(
    _ id: Identifier, actor: AlarmActor, note: String, command: Command, answer: (Alarm) -> [UInt8]
  ) async throws -> [UInt8] {
    guard !actor.id.isEmpty else { throw LifelineRefusal.invalid(Words("缺少确认人", "who acknowledges the alarm is missing")) }
    guard note.unicodeScalars.count <= Self.longestNote else {
      throw LifelineRefusal.invalid(
        Words("备注超过 \(Self.longestNote) 个字符", "the note is longer than \(Self.longestNote) characters"))
    }
    guard [note, actor.id, actor.name, actor.role, command.key].allSatisfy({ !$0.utf8.contains(0) }),
      command.key.unicodeScalars.count <= 200
    else {
      throw LifelineRefusal.invalid(
        Words(
          "文字含有空字符，或幂等键超过 200 个字符", "a text holds a NUL character, or the idempotency key is longer than 200 characters"))
    }
    let now = clock.now()
    return try await CommandLog.once(command, in: database, recordedAt: now) { transaction in
      guard var alarm = try AlarmStore.decode(try await transaction.query(AlarmStore.lock(id))).first else {
        throw LifelineRefusal.unknownAlarm
      }
      let acknowledgement = Acknowledgement(actor: actor, note: note, at: now)
      try alarm.acknowledge(acknowledgement)
      let event = AlarmTold(.acknowledged, alarm, at: now).event
      return CommandOutcome(
        response: answer(alarm),
        statements: [AlarmStore.acknowledge(id, acknowledgement), EventLog.append([event], recordedAt: now)])
    }
  }
}
