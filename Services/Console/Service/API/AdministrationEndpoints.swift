internal import AccountsAPI
internal import CityModel
internal import CommonAPI
internal import ConsoleDomain

/// Users, sessions, the audit list. Accounts enforces all of it; without its role nobody gets beyond it.
enum AdministrationEndpoints {
  private static let administrator: Set<String> = ["administrator"]
  private static let person: [Schema.Property] = [
    .init("display_name", .text(min: 1, max: 80), required: true), .init("roles", .list(.choice(Schemas.roles), max: 10), required: true),
    .init("department", .nullable(Parameters.code)), .init("crew", .nullable(Parameters.code)),
    .init("district", .nullable(Parameters.code)), .init("disabled", .flag),
  ]

  static let all = [
    Endpoint(
      .init(
        .get, "/api/users", tag: "administration", "Users", access: .roles(administrator),
        parameters: [.init("q", .text(max: 80)), Parameters.limit(200), Parameters.page], answer: .json(Schemas.page("users", .anything)))
    ) { exchange in
      let request = ListUsersRequest(page: exchange.page(100), query: exchange.values.text("q"))
      let response = try await exchange.services.accounts.listUsers(request, exchange.options)
      return .json(["users": .array(response.users.map { JSON(user: $0, exchange.times) }), "next_page": JSON(response.nextPageToken)])
    },
    Endpoint(
      .init(
        .post, "/api/users", tag: "administration", "Create a user; the answer holds the one-time password, once",
        access: .roles(administrator),
        body: .object([.init("name", .text(min: 2, max: 40), required: true)] + person), answer: .json(.anything))
    ) { exchange in try await put(nil, exchange) },
    Endpoint(
      .init(
        .put, "/api/users/{id}", tag: "administration", "Change a user", access: .roles(administrator), parameters: [Parameters.id],
        body: .object([.init("name", .text(max: 40)), .init("version", .integer(0...1_000_000))] + person), answer: .json(.anything))
    ) { exchange in try await put(try exchange.values.identifier("id"), exchange) },
    Endpoint(
      .init(
        .post, "/api/users/{id}/password-reset", tag: "administration", "A new one-time password, told once", access: .roles(administrator),
        parameters: [Parameters.id], body: .object([.init("remove_second_factor", .flag)]), answer: .json(.anything))
    ) { exchange in
      let request = ResetPasswordRequest(
        userId: try exchange.values.identifier("id"), removeSecondFactor: exchange.values.bodyFlag("remove_second_factor") ?? false,
        origin: exchange.origin)
      let response = try await exchange.services.accounts.resetPassword(request, exchange.options(timeout: Limits.signInTimeout))
      exchange.console.renew(user: request.userId)
      return .json(["one_time_password": .string(response.oneTimePassword)])
    },
    Endpoint(
      .init(
        .get, "/api/users/{id}/sessions", tag: "session", "The living sessions: everybody's own, an administrator's also others'",
        access: .signedIn, parameters: [Parameters.id, Parameters.limit(200), Parameters.page],
        answer: .json(Schemas.page("sessions", .named("Session"))))
    ) { exchange in
      let request = ListSessionsRequest(userId: try exchange.values.identifier("id"), page: exchange.page(100))
      let response = try await exchange.services.accounts.listSessions(request, exchange.options)
      let current = try exchange.person.identity.sessionId
      return .json([
        "sessions": .array(response.sessions.map { JSON(session: $0, current: current, exchange.times) }),
        "next_page": JSON(response.nextPageToken),
      ])
    },
    Endpoint(
      .init(
        .delete, "/api/sessions/{id}", tag: "session", "End a session: everybody the own ones, an administrator all of them",
        access: .signedIn, parameters: [Parameters.id], answer: .nothing)
    ) { exchange in
      let id = try exchange.values.identifier("id")
      let request = RevokeSessionRequest(sessionId: id, origin: exchange.origin)
      guard try await exchange.services.accounts.revokeSession(request, exchange.options).wasLiving else { throw Problem.noSession }
      exchange.console.end(session: id)
      return .nothing
    },
    Endpoint(
      .init(
        .get, "/api/audit", tag: "administration", "Who did what, the newest first", access: .roles(["administrator", "auditor"]),
        parameters: [
          Parameters.from, Parameters.to, .init("user", .text(max: 80)), .init("action", .text(max: 80)), .init("target", .text(max: 200)),
          .init("result", .choice(["done", "refused", "failed"])), Parameters.limit(1_000), Parameters.page,
        ], answer: .json(Schemas.page("entries", .anything)))
    ) { exchange in try await audit(exchange) },
  ]

  private static func put(_ id: [UInt8]?, _ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let user = User(
      id: id ?? [], name: values.bodyText("name"), displayName: values.bodyText("display_name"), roles: values.bodyTexts("roles"),
      department: values.bodyText("department"), crew: values.bodyText("crew"), district: values.bodyText("district"),
      disabled: values.bodyFlag("disabled") ?? false, version: Int32(values.bodyInteger("version") ?? 0))
    let response = try await exchange.services.accounts.putUser(
      PutUserRequest(user: user, origin: exchange.origin), exchange.options(timeout: Limits.signInTimeout))
    if let id { exchange.console.renew(user: id) }
    return .json([
      "user": response.user.map { JSON(user: $0, exchange.times) } ?? .null, "one_time_password": JSON(response.oneTimePassword),
    ])
  }

  private static let results: [(AuditResult, String)] = [(.done, "done"), (.refused, "refused"), (.failed, "failed")]

  private static func audit(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let user = values.text("user")
    let id = Identifier(user)
    let request = ListAuditRequest(
      fromUs: values.microseconds("from"), beforeUs: values.endMicroseconds("to"), userId: id?.bytes ?? [],
      userName: id == nil ? user : "", action: values.text("action"), target: values.text("target"),
      result: Codes.value(values.text("result"), results) ?? .unspecified, page: exchange.page(100))
    let response = try await exchange.services.accounts.listAudit(request, exchange.options)
    let entries = response.entries.map { entry -> JSON in
      [
        "sequence": .integer(entry.sequence), "at": exchange.time(entry.atUs), "user_id": JSON(id: entry.userId),
        "user": JSON(entry.userName), "action": .string(entry.action), "target": JSON(entry.target),
        "result": .string(Codes.name(entry.result, results)), "detail": JSON(entry.detail), "address": JSON(entry.address),
        "user_agent": JSON(entry.userAgent), "session_id": JSON(id: entry.sessionId),
      ]
    }
    return .json(["entries": .array(entries), "next_page": JSON(response.nextPageToken)])
  }
}

extension JSON {
  init(user: User, _ time: TimeWriter) {
    self = [
      "id": JSON(id: user.id), "name": .string(user.name), "display_name": .string(user.displayName),
      "roles": .array(user.roles.map { .string($0) }), "department": JSON(user.department), "crew": JSON(user.crew),
      "district": JSON(user.district), "disabled": .bool(user.disabled), "has_second_factor": .bool(user.hasSecondFactor),
      "must_change_password": .bool(user.mustChangePassword), "created_at": time.json(user.createdAtUs),
      "last_sign_in_at": time.json(user.lastSignInAtUs), "version": JSON(user.version),
    ]
  }

  /// - Parameter current: the id of the session in which it is asked for.
  init(session: Session, current: [UInt8], _ time: TimeWriter) {
    self = [
      "id": JSON(id: session.id), "current": .bool(session.id == current), "user_id": JSON(id: session.userId),
      "address": JSON(session.address),
      "user_agent": JSON(session.userAgent), "started_at": time.json(session.startedAtUs), "last_used_at": time.json(session.lastUsedAtUs),
      "expires_at": time.json(session.expiresAtUs),
    ]
  }
}
