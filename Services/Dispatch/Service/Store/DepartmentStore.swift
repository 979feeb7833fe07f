internal import CityModel
internal import Postgres

/// A department (专业部门) with its crews (班组).
struct DepartmentRecord: Sendable, Hashable {
  struct Crew: Sendable, Hashable {
    var code: String
    var name: String
  }

  var code: String
  var name: String
  var nameEnglish: String
  var crews: [Crew] = []
}

/// The tables `departments` and `crews`.
enum DepartmentStore {
  /// Adds and renames; nothing is removed, because histories name them. In the order of the codes, so that two
  /// writers never wait in a circle.
  static func put(_ departments: [DepartmentRecord]) -> [SQL] {
    let departments = departments.sorted { $0.code < $1.code }
    let crews = departments.flatMap { department in department.crews.sorted { $0.code < $1.code }.map { (department.code, $0) } }
    return [
      // First, so that two writers of names come one after the other: a version is not seen before all names that it counts.
      "UPDATE department_names SET version = version + 1",
      """
      INSERT INTO departments (code, name, name_en)
      SELECT * FROM unnest(\(departments.map(\.code)), \(departments.map(\.name)), \(departments.map(\.nameEnglish)))
      ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en
      """,
      """
      INSERT INTO crews (department, code, name) SELECT * FROM unnest(\(crews.map(\.0)), \(crews.map(\.1.code)), \(crews.map(\.1.name)))
      ON CONFLICT (department, code) DO UPDATE SET name = excluded.name
      """,
    ]
  }

  /// Those that a source or a matrix names and nobody described: under their code, so that they are listed and can be dispatched to.
  static func learn(_ assignments: some Sequence<CrewKey>) -> [SQL] {
    let crews = Set(assignments).sorted { ($0.department, $0.crew) < ($1.department, $1.crew) }
    let departments = Set(crews.map(\.department)).sorted()
    let named = crews.filter { !$0.crew.isEmpty }
    return [
      """
      INSERT INTO departments (code, name, name_en) SELECT code, code, '' FROM unnest(\(departments)) AS new (code)
      ON CONFLICT (code) DO NOTHING
      """,
      """
      INSERT INTO crews (department, code, name)
      SELECT department, code, code FROM unnest(\(named.map(\.department)), \(named.map(\.crew))) AS new (department, code)
      ON CONFLICT (department, code) DO NOTHING
      """,
    ]
  }

  /// Which of these departments exist, with their crews.
  static func known(_ departments: [String]) -> SQL {
    """
    SELECT departments.code, crews.code FROM departments LEFT JOIN crews ON crews.department = departments.code
    WHERE departments.code = ANY(\(departments))
    """
  }

  /// An entry with an empty crew stands for the department itself.
  static func readKnown(_ rows: Rows) throws -> Set<CrewKey> {
    var known: Set<CrewKey> = []
    for (department, crew) in try rows.decode(String.self, String?.self) {
      known.insert(CrewKey(department: department, crew: ""))
      if let crew { known.insert(CrewKey(department: department, crew: crew)) }
    }
    return known
  }

  /// The names that people gave. A department without one has its code for a name.
  static let names: SQL = "SELECT code, name, name_en FROM departments WHERE name <> code OR name_en <> ''"

  static func readNames(_ rows: Rows) throws -> [String: Words] {
    Dictionary(uniqueKeysWithValues: try rows.decode(String.self, String.self, String.self).map { ($0.0, Words($0.1, $0.2)) })
  }

  static let all: [SQL] = [
    "SELECT code, name, name_en FROM departments ORDER BY code",
    "SELECT department, code, name FROM crews ORDER BY department, code",
  ]

  static func readAll(_ answers: [Rows]) throws -> [DepartmentRecord] {
    var crews: [String: [DepartmentRecord.Crew]] = [:]
    for (department, code, name) in try answers[1].decode(String.self, String.self, String.self) {
      crews[department, default: []].append(DepartmentRecord.Crew(code: code, name: name))
    }
    return try answers[0].decode(String.self, String.self, String.self).map {
      DepartmentRecord(code: $0.0, name: $0.1, nameEnglish: $0.2, crews: crews[$0.0] ?? [])
    }
  }
}

/// A crew, or with an empty crew the department itself.
struct CrewKey: Sendable, Hashable {
  let department: String
  let crew: String
}
