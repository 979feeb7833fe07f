internal import CityModel
internal import DispatchDomain
internal import Events
internal import Postgres

/// The cases of one transaction while decisions are made, and what is to be written in the end: each case once, every fact, every event.
struct CaseChanges {
  /// The type of every event of this service.
  static let eventType = "dispatch.case_changed"

  private let recordedAt: Instant
  private let names: DepartmentNames
  private var files: [Identifier: CaseFile] = [:]
  private var byNumber: [String: Identifier] = [:]
  private var created: [Identifier] = []
  private var isNew: Set<Identifier> = []
  private var changed: Set<Identifier> = []
  /// Those whose place, and so their address, became another.
  private var placed: Set<Identifier> = []
  private var facts: [(caseID: Identifier, fact: Fact)] = []
  private(set) var events: [NewEvent] = []

  /// - Parameter locked: the cases as they were read `FOR UPDATE`.
  /// - Parameter names: what departments are called now, for those who hear of the changes.
  init(locked: [CaseFile], recordedAt: Instant, names: DepartmentNames) {
    self.recordedAt = recordedAt
    self.names = names
    for file in locked { remember(file) }
  }

  subscript(id: Identifier) -> CaseFile? { files[id] }
  subscript(number number: String) -> CaseFile? { byNumber[number].flatMap { files[$0] } }

  var isEmpty: Bool { facts.isEmpty }

  /// A new case and its first facts.
  mutating func create(_ blank: CaseFile, _ facts: [Fact]) {
    created.append(blank.id)
    isNew.insert(blank.id)
    remember(blank)
    apply(facts, to: blank)
  }

  /// Facts of a case that was locked or created before. Returns the case after them.
  @discardableResult
  mutating func add(_ facts: [Fact], to id: Identifier) -> CaseFile {
    guard let file = files[id] else { preconditionFailure("facts of a case that is not locked") }
    guard !facts.isEmpty else { return file }
    if !isNew.contains(id) { changed.insert(id) }
    return apply(facts, to: file)
  }

  /// In the order in which they must run; the last one appends the events and answers with their positions.
  func statements() -> [SQL] {
    guard !isEmpty else { return [] }
    var statements: [SQL] = []
    if !created.isEmpty { statements.append(CaseStore.insert(created.compactMap { files[$0] })) }
    if !changed.isEmpty { statements.append(CaseStore.update(changed.sorted().compactMap { files[$0] })) }
    let worded = placed.union(created)
    if !worded.isEmpty { statements.append(SearchStore.put(worded.sorted().compactMap { files[$0] })) }
    statements.append(HistoryStore.insert(facts))
    statements.append(EventLog.append(events, recordedAt: recordedAt))
    return statements
  }

  private mutating func remember(_ file: CaseFile) {
    files[file.id] = file
    byNumber[file.number] = file.id
  }

  @discardableResult
  private mutating func apply(_ facts: [Fact], to file: CaseFile) -> CaseFile {
    var file = file
    for fact in facts {
      file.apply(fact)
      if fact.kind == .placed { placed.insert(file.id) }
      self.facts.append((file.id, fact))
      let body = fact.eventBody(file, department: names.byCode[file.department] ?? .none)
      events.append(NewEvent(type: Self.eventType, subject: file.id, occurredAt: fact.occurredAt, body: body))
    }
    files[file.id] = file
    return file
  }
}
