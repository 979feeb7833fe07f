internal import CityModel
internal import DispatchDomain
internal import Postgres

/// Who a session belongs to, now.
struct Identify: Sendable {
  let office: AccountsOffice

  /// - Parameter isUse: somebody used the session, which keeps it alive; an open page that asks by itself does not.
  /// - Throws: `AccountRefusal.sessionEnded`.
  func callAsFunction(_ token: SessionToken, isUse: Bool = true) async throws -> (session: SessionRecord, record: AccountRecord) {
    var (session, record) = try await office.session(token)
    let now = office.now()
    if isUse, session.life.needsTouch(at: now) {
      try await office.database.query(SessionStore.touch(session.id, at: now))
      session.lastUsedAt = now
    }
    return (session, record)
  }
}
