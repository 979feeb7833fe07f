internal import Postgres

/// Tells whoever doesn't know PostgreSQL whether trying again can help.
enum StoreFailure {
  static func isTransient(_ error: any Error) -> Bool { (error as? PostgresError)?.isTransient ?? false }
}
