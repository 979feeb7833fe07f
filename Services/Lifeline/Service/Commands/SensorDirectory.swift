internal import Postgres
internal import Synchronization

/// Codes of sensors and their ids. A sensor keeps its id for ever and is never deleted, so what was read once stays true.
package final class SensorDirectory: Sendable {
  private let database: Database
  private let known = Mutex<[String: Int32]>([:])

  init(database: Database) { self.database = database }

  /// In the order of `names`; nil for a code that nobody has registered. An id is taken as it is.
  func ids(of names: [ReadingRun.SensorName]) async throws -> [Int32?] {
    let missing = known.withLock { known in
      Set(names.compactMap { name -> String? in if case .code(let code) = name, known[code] == nil { code } else { nil } })
    }
    if !missing.isEmpty {
      let found = try await database.query(SensorStore.ids(ofCodes: missing.sorted())).decode(Int32.self, String.self)
      known.withLock { known in
        for (id, code) in found { known[code] = id }
      }
    }
    return known.withLock { known in
      names.map { name in
        switch name {
        case .id(let id): id
        case .code(let code): known[code]
        }
      }
    }
  }
}
