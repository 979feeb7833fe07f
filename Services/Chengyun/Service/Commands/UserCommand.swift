internal import AccountsAPI
internal import ArgumentParser
internal import ChengyunDomain
internal import CityModel
internal import CommonAPI
internal import RPC
internal import Reactor

/// The people who sign in at the console, from the operator's terminal: for the first ones, and when nobody can sign in any more.
struct UserCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "The people who may sign in at the console.",
    subcommands: [Add.self, List.self, Disable.self, ResetPassword.self, Sessions.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Creates a user and prints a one-time password, which must be changed at the first sign-in.",
      discussion: "The roles: \(PersonRole.allCases.map(\.rawValue).joined(separator: ", ")).")

    @OptionGroup var node: NodeFolderOption
    @Argument(help: "What the person signs in with: 2 to 40 of a-z, 0-9, dot, hyphen, underscore.")
    var name: String
    @Option(help: "As colleagues know the person. (default: the name)")
    var displayName: String?
    @Option(name: .customLong("role"), parsing: .singleValue, help: "A role; may be given several times.")
    var roles: [String]
    @Option(help: "The department's code, for department and crew.")
    var department = ""
    @Option(help: "The crew's code.")
    var crew = ""
    @Option(help: "The district's code that the person is confined to. (default: the whole city)")
    var district = ""

    func validate() throws {
      for role in roles where PersonRole(rawValue: role) == nil { throw ValidationError("There is no role \(role).") }
      guard !roles.isEmpty else { throw ValidationError("Give at least one --role.") }
    }

    func run() throws {
      let user = User(
        name: name, displayName: displayName ?? name, roles: roles, department: department, crew: crew, district: district)
      try withAccounts(node) { accounts in
        let answer = try await accounts.putUser(PutUserRequest(user: user))
        Terminal.say("user \(user.name): one-time password \(answer.oneTimePassword)")
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the users.")

    @OptionGroup var node: NodeFolderOption

    func run() throws {
      try withAccounts(node) { accounts in
        for user in try await allUsers(accounts) { Terminal.say(Self.line(user)) }
      }
    }

    private static func line(_ user: User) -> String {
      let limits = [user.department, user.crew, user.district].filter { !$0.isEmpty }.map { ", \($0)" }.joined()
      let marks =
        (user.disabled ? ", disabled" : "") + (user.hasSecondFactor ? ", second factor" : "")
        + (user.mustChangePassword ? ", must change the password" : "")
      return "\(user.name) (\(user.displayName)): \(user.roles.joined(separator: ", "))\(limits)\(marks)"
    }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "disable", abstract: "Lets a user sign in no more, and ends the user's sessions; nothing is removed.")

    @OptionGroup var node: NodeFolderOption
    @Argument(help: "The user's name.")
    var name: String
    @Flag(help: "The other way round: lets the user sign in again.")
    var undo = false

    func run() throws {
      let (name, disabled) = (name, !undo)
      try withAccounts(node) { accounts in
        guard var user = try await allUsers(accounts).first(where: { $0.name == name }) else {
          throw CommandFailure(.badInput, "there is no user \(name)")
        }
        user.disabled = disabled
        _ = try await accounts.putUser(PutUserRequest(user: user))
        Terminal.say("user \(name) is \(disabled ? "disabled" : "enabled")")
      }
    }
  }

  struct ResetPassword: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reset-password", abstract: "Ends a user's sessions and prints a one-time password.")

    @OptionGroup var node: NodeFolderOption
    @Argument(help: "The user's name.")
    var name: String
    @Flag(help: "Takes the second factor away, too: the phone is lost.")
    var removeSecondFactor = false

    func run() throws {
      let request = ResetPasswordRequest(name: name, removeSecondFactor: removeSecondFactor)
      try withAccounts(node) { accounts in
        let answer = try await accounts.resetPassword(request)
        Terminal.say("user \(request.name): one-time password \(answer.oneTimePassword)")
      }
    }
  }

  struct Sessions: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "sessions", abstract: "Lists who is signed in, and with --revoke ends sessions.")

    @OptionGroup var node: NodeFolderOption
    @Argument(help: "Only this user's. (default: everybody's)")
    var name: String?
    @Flag(help: "Ends all that would be listed.")
    var revoke = false

    func run() throws {
      let (name, revoke) = (name ?? "", revoke)
      try withAccounts(node) { accounts in
        var request = ListSessionsRequest(name: name, page: Page(size: 1_000))
        repeat {
          let answer = try await accounts.listSessions(request)
          for session in answer.sessions {
            let id = Identifier(bytes: session.id)?.description ?? ""
            Terminal.say("\(id) from \(session.address), last used \(Instant(microseconds: session.lastUsedAtUs))")
            if revoke { _ = try await accounts.revokeSession(RevokeSessionRequest(sessionId: session.id)) }
          }
          request.page?.token = answer.nextPageToken
        } while !(request.page?.token ?? "").isEmpty
      }
    }
  }
}

/// Calls the running node's accounts as the operator. What it refuses is wrong input.
private func withAccounts(_ node: NodeFolderOption, _ body: @escaping @Sendable (AccountsClient) async throws -> Void) throws {
  let status = try runningNode(node)
  try onReactors { reactors in
    let clients = try NodeClients(NodeAddress(status), reactors: reactors)
    do {
      try await body(clients.accounts)
    } catch let error as RPCError where [.invalidArgument, .alreadyExists, .failedPrecondition, .notFound].contains(error.code) {
      throw CommandFailure(.badInput, error.message)
    }
    await clients.close()
  }
}

func allUsers(_ accounts: AccountsClient) async throws -> [User] {
  var users: [User] = []
  var page = Page(size: 1_000)
  repeat {
    let answer = try await accounts.listUsers(ListUsersRequest(page: page))
    users += answer.users
    page.token = answer.nextPageToken
  } while !page.token.isEmpty
  return users
}
