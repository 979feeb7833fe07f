internal import IntakeDomain
internal import Postgres
internal import Synchronization

/// Everything that a report is judged by, as it stood at one moment.
struct ReferenceData: Sendable {
  var divisions = Divisions.none
  var codes = CodeTables()
  var standards = FilingStandards()
}

/// The parts of the reference data that change independently.
enum ReferencePart: String, Sendable, CaseIterable {
  case divisions, codes, standards
}

/// The reference data in memory, so that filing a report asks the database for nothing but its neighbours. Whoever changes the stored data
/// refreshes the book before answering; the other replicas hear of it by notification and look themselves every now and then.
final class ReferenceBook: Sendable {
  private struct State {
    var data = ReferenceData()
    var versions: [ReferencePart: Int64] = [:]
  }

  private let store: ReferenceStore
  private let state = Mutex(State())

  init(store: ReferenceStore) {
    self.store = store
  }

  var current: ReferenceData { state.withLock { $0.data } }

  /// Loads the parts whose stored version is newer.
  func refresh() async throws {
    let known = state.withLock { $0.versions }
    for (part, version) in try await store.versions() where version > known[part] ?? -1 {
      switch part {
      case .divisions:
        let divisions = Divisions(try await store.divisions())
        adopt(part, version) { $0.divisions = divisions }
      case .codes:
        let codes = CodeTables(try await store.codeTables())
        adopt(part, version) { $0.codes = codes }
      case .standards:
        let standards = FilingStandards(try await store.standards())
        adopt(part, version) { $0.standards = standards }
      }
    }
  }

  /// Versions are read before the data, so the data may be newer than its version says, never older.
  private func adopt(_ part: ReferencePart, _ version: Int64, _ change: (inout ReferenceData) -> Void) {
    state.withLock { state in
      guard version > state.versions[part] ?? -1 else { return }
      state.versions[part] = version
      change(&state.data)
    }
  }
}
