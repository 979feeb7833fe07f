/// A transaction on a connection of its own, for the body of `Database.transaction` and not beyond it. BEGIN goes along with the first
/// statement, so that it costs no round trip.
public final class Transaction {
  private let lease: Lease
  private let isolation: Isolation
  private let planning: Planning
  private let copyLimit: Int
  private var phase = Phase.fresh
  private(set) var announcements: [SQL] = []

  private enum Phase {
    case fresh
    case begun
    case ended
  }

  init(_ lease: Lease, _ isolation: Isolation, _ planning: Planning, copyLimit: Int) {
    self.lease = lease
    self.isolation = isolation
    self.planning = planning
    self.copyLimit = copyLimit
  }

  @discardableResult
  public func query(_ statement: SQL) async throws -> Rows {
    try await pipeline([statement])[0]
  }

  /// The statements in one round trip. When one fails, those behind it are not run and the transaction can only be rolled back.
  @discardableResult
  public func pipeline(_ statements: [SQL]) async throws -> [Rows] {
    try await perform(statements, closing: nil)
  }

  /// The last statements and the commit in one round trip. Nothing can follow.
  @discardableResult
  public func commit(after statements: [SQL]) async throws -> [Rows] {
    if statements.isEmpty, phase == .fresh {
      phase = .ended
      lease.end(clean: true)
      return []
    }
    var rows = try await perform(statements, closing: "COMMIT")
    phase = .ended
    lease.end(clean: true)
    guard rows.removeLast().tag == "COMMIT" else {
      throw PostgresError(.server, "the transaction had failed before and was rolled back", sqlState: .inFailedTransaction)
    }
    return rows
  }

  /// Appends rows by `COPY … FROM STDIN BINARY`: `try await transaction.copyIn(target) { $0.startRow(); $0.append(id); $0.append(value) }`.
  ///
  /// The rows are written into memory first, at most `copyLimit` bytes and one row more. Types must be exactly the columns': binary COPY
  /// casts nothing.
  /// - Returns: the number of rows.
  @discardableResult
  public func copyIn(_ target: CopyTarget, rows: (inout CopyWriter) throws -> Void) async throws -> Int {
    let payload = try CopyPayload(target, limit: copyLimit, rows)
    if phase == .fresh { try await pipeline([]) }
    try check()
    return try await lease.runCopy(target.statement, payload)
  }

  /// Several statements without parameters, by the simple protocol: for migrations.
  func runScript(_ script: String) async throws {
    if phase == .fresh { try await pipeline([]) }
    try check()
    try await lease.runScript(script)
  }

  private func perform(_ statements: [SQL], closing: String?) async throws -> [Rows] {
    try check()
    for statement in statements where statement.announcement != nil { announcements.append(statement) }
    guard phase == .fresh else { return try await lease.perform(statements, closing: closing) }
    phase = .begun
    let first = planning.statement.map { [$0] } ?? []
    let rows = try await lease.perform(opening: "BEGIN ISOLATION LEVEL \(isolation.rawValue)", first + statements, closing: closing)
    return Array(rows.dropFirst(first.count))
  }

  private func check() throws {
    try Task.checkCancellation()
    precondition(phase != .ended, "a transaction is used after its end")
  }

  // MARK: Database's side

  func commit() async throws {
    if phase != .ended { try await commit(after: []) }
  }

  /// Never throws: if PostgreSQL can't be told, the connection is closed, and that rolls back, too.
  func rollBack() async {
    switch phase {
    case .ended: return
    case .fresh: lease.end(clean: true)
    case .begun:
      let answered = try? await lease.perform(["ROLLBACK"])
      lease.end(clean: answered != nil)
    }
    phase = .ended
  }
}

extension Rows {
  /// What PostgreSQL says that it did: `COMMIT`, `INSERT 0 1`.
  var tag: String { result.tag }
}
