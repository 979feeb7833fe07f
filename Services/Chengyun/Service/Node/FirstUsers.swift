internal import AccountsAPI
internal import ChengyunDomain
internal import CommonAPI
internal import Cryptography
internal import DispatchAPI

/// The accounts that a node begins with. Passwords go into files that only this user can read, never into a log.
struct FirstUsers: Sendable {
  static let administrator = "admin"

  let clients: NodeClients
  let folder: NodeFolder
  let patience: Patience

  /// A node without users gets an administrator with a one-time password. Also after it was killed before the password was written down.
  /// - Returns: the file with the password when there is news.
  func ensureAdministrator() async throws -> String? {
    let users = try await patience.repeating("list the users") { try await allUsers(clients.accounts) }
    let file = folder.firstAdministratorFile
    let password: String
    if users.isEmpty {
      let user = User(name: Self.administrator, displayName: "管理员", roles: ["administrator"])
      password = try await clients.accounts.putUser(PutUserRequest(user: user)).oneTimePassword
    } else if let only = users.first, users.count == 1, only.name == Self.administrator, only.lastSignInAtUs == 0, !Files.exists(file) {
      password = try await clients.accounts.resetPassword(ResetPasswordRequest(userId: only.id)).oneTimePassword
    } else {
      return nil
    }
    try write(.object([("name", .string(Self.administrator)), ("one_time_password", .string(password))]), to: file)
    return file
  }

  /// One user of each kind for the demonstration, with random passwords that need not be changed.
  /// - Returns: the file with the passwords.
  func ensureDemoUsers() async throws -> String {
    let file = folder.demoUsersFile
    guard !Files.exists(file) else { return file }
    let known = Set(try await patience.repeating("list the users") { try await allUsers(clients.accounts) }.map(\.name))
    let (department, crew) = try await demoCrew()
    var written: [JSONText] = []
    for var user in Self.demo(department: department, crew: crew) {
      // Left by a run that was killed before it wrote the passwords down: a new name, for passwords cannot be asked for.
      let wanted = user.name
      var attempt = 2
      while known.contains(user.name) {
        user.name = "\(wanted)-\(attempt)"
        attempt += 1
      }
      let password = Self.password()
      let request = PutUserRequest(user: user, password: password)
      _ = try await patience.repeating("create the user \(user.name)") { try await clients.accounts.putUser(request) }
      written.append(
        .object([
          ("name", .string(user.name)), ("password", .string(password)), ("display_name", .string(user.displayName)),
          ("roles", .array(user.roles.map { .string($0) })), ("department", .string(user.department)), ("crew", .string(user.crew)),
        ]))
    }
    try write(.object([("users", .array(written))]), to: file)
    return file
  }

  private static func demo(department: String, crew: String) -> [User] {
    let roles = [
      ("centre", "值班长"), ("dispatcher", "派遣员"), ("acceptor", "受理员"), ("checker", "核查员"), ("evaluator", "评价员"),
      ("department", "专业部门"), ("crew", "处置人员"), ("administrator", "管理员"),
    ]
    return roles.map { role, name in
      var user = User(name: "demo-\(role)", displayName: "演示·\(name)", roles: [role])
      if role == "department" || role == "crew" { user.department = department }
      if role == "crew" { user.crew = crew }
      return user
    }
  }

  /// The department with the most tasks among the newest open cases, and a crew of it; the crew is made where the city has none.
  private func demoCrew() async throws -> (department: String, crew: String) {
    let request = ListCasesRequest(states: [.dispatched, .handling], page: Page(size: 200))
    let cases = try await patience.repeating("list open cases") { try await clients.dispatch.listCases(request) }.cases
    let all = try await patience.repeating("list the departments") { try await clients.dispatch.listDepartments(ListDepartmentsRequest()) }
    let counts = cases.reduce(into: [String: Int]()) { $0[$1.department, default: 0] += 1 }
    let busiest = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    var department =
      all.departments.first { $0.code == busiest } ?? all.departments.first
      ?? Department(code: "demo", name: "演示部门", nameEn: "Demonstration")
    let crew = cases.first { $0.department == department.code && !$0.crew.isEmpty }?.crew ?? department.crews.first?.code
    if let crew { return (department.code, crew) }
    department.crews = [Crew(code: "demo-crew", name: "演示班组")]
    let put = PutDepartmentsRequest(departments: [department])
    _ = try await patience.repeating("store the crew") { try await clients.dispatch.putDepartments(put) }
    return (department.code, "demo-crew")
  }

  /// 80 random bits.
  private static func password() -> String { Base32.encode(Random.bytes(10)).lowercased() }

  private func write(_ content: JSONText, to file: String) throws {
    try Files.write(Array((content.rendered() + "\n").utf8), to: file, mode: 0o600)
  }
}
