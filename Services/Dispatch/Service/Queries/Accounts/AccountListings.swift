internal import CityModel
internal import DispatchDomain
internal import Postgres

/// An account by what the caller has of it.
enum AccountReference: Sendable, Hashable {
  case id(Identifier)
  case name(String)

  func statement(locked: Bool = false) -> SQL {
    switch self {
    case .id(let id): AccountStore.find(id, locked: locked)
    case .name(let name): AccountStore.find(name: name, locked: locked)
    }
  }
}

/// Accounts, sessions and the audit list, page by page.
struct AccountListings: Sendable {
  let office: AccountsOffice

  /// - Throws: `AccountRefusal.unknownUser`.
  func account(_ reference: AccountReference) async throws -> AccountRecord {
    guard let found = try AccountStore.read(try await office.database.query(reference.statement())).first else {
      throw AccountRefusal.unknownUser
    }
    return found
  }

  /// By name, behind `after`.
  func accounts(part: String, after: String, limit: Int) async throws -> [AccountRecord] {
    try AccountStore.read(try await office.database.query(AccountStore.list(part: part, after: after, limit: limit)))
  }

  func sessions(of account: Identifier?, after: SessionStore.Key?, limit: Int) async throws -> [SessionRecord] {
    try SessionStore.read(
      try await office.database.query(SessionStore.list(of: account, at: office.now(), after: after, limit: limit)))
  }

  /// The newest first.
  func audit(_ filter: AuditFilter, before sequence: Int64?, limit: Int) async throws -> [(sequence: Int64, entry: AuditEntry)] {
    try AuditStore.read(try await office.database.query(AuditStore.list(filter, before: sequence, limit: limit)))
  }
}
