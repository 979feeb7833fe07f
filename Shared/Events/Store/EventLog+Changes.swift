public import CityModel
internal import Postgres

/// For those who don't read what happened but look again at what it happened to.
extension EventLog {
  public struct Changes: Sendable {
    /// What the events are about.
    public var subjects: Set<Identifier>
    /// Behind it the next look begins: before events that an older transaction may yet precede. Nil when it is where this one began.
    public var position: EventPosition?
    /// Nothing more can be looked at now.
    public var isLast: Bool
  }

  /// What the next events after `position` are about, at most `batchLimit` of them. Unlike `read` it does not wait for older transactions
  /// to end: committed events behind an open transaction are told of, too, and again the next time.
  public func changes(after position: EventPosition) async throws -> Changes {
    let statement: SQL = """
      SELECT xid, id, subject, xid < pg_snapshot_xmin(pg_current_snapshot()) FROM events
      WHERE (xid, id) > (\(TransactionNumber(rawValue: position.transaction)), \(position.sequence))
      ORDER BY xid, id LIMIT \(Self.batchLimit)
      """
    let rows = try await database.atomically([statement], planning: .once)[0]
    var changes = Changes(subjects: [], position: nil, isLast: rows.count < Self.batchLimit)
    for row in rows {
      let (transaction, sequence, subject, isSettled) = try row.decode(TransactionNumber.self, Int64.self, Identifier.self, Bool.self)
      changes.subjects.insert(subject)
      if isSettled {
        changes.position = EventPosition(transaction: transaction.rawValue, sequence: sequence)
      } else {
        changes.isLast = true
      }
    }
    return changes
  }

  /// How often this process has been told that something was appended, by whichever process. On a reactor; the first call begins to listen.
  public var rings: UInt64 {
    bell.listen()
    return bell.rings
  }
}
