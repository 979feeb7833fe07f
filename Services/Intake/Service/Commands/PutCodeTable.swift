internal import CityModel
internal import IntakeDomain
internal import Postgres

/// A new version of a code table. Codes are always read together with their version, so a version never changes.
struct PutCodeTable: Sendable {
  let database: Database
  let clock: any CityClock
  let book: ReferenceBook

  func callAsFunction(_ table: CodeTable) async throws -> Int {
    try table.validate()
    let now = clock.now()
    try await database.transaction { transaction in
      let rows = try await transaction.pipeline(
        [ReferenceStore.touch(.codes)] + ReferenceStore.codeTable(table.name, version: table.version))
      if let stored = try ReferenceStore.codeTable(table.name, version: table.version, Array(rows[1...])) {
        guard stored == table else { throw Refusal.versionExists(table.name, version: table.version) }
        return
      }
      try await transaction.pipeline(ReferenceStore.put(table, recordedAt: now))
    }
    try await book.refresh()
    return table.codes.count
  }
}
