internal import AccountsAPI
internal import CityModel
internal import CommonAPI
internal import ConsoleDomain
internal import NodeAPI
internal import NodeKit
internal import RPC

/// Signing in and out, password and second factor.
enum SessionEndpoints {
  private static let password = Schema.text(min: 1, max: 128)

  static let all = [
    Endpoint(
      .init(
        .get, "/api/session", tag: "session", "Who is signed in, the CSRF token, the city, the services' health", access: .anyone,
        answer: .json(
          .object([
            .init("user", .nullable(.named("User")), required: true), .init("csrf", .text(max: 100), required: true),
            .init("city", .anything, required: true), .init("services", .anything, required: true),
          ])))
    ) { exchange in try await show(exchange) },
    Endpoint(
      .init(
        .post, "/api/session", tag: "session", "Sign in", access: .anyone, rate: .signIn,
        body: .object([
          .init("name", .text(min: 1, max: 80), required: true), .init("password", password, required: true),
          .init("code", .text(max: 10)),
        ]), answer: .json(.anything))
    ) { exchange in try await signIn(exchange) },
    Endpoint(
      .init(.delete, "/api/session", tag: "session", "Sign out", access: .anyone, answer: .nothing)
    ) { exchange in try await signOut(exchange) },
    Endpoint(
      .init(
        .post, "/api/session/password", tag: "session", "Change the own password", access: .signedIn, rate: .signIn,
        body: .object([.init("old", password, required: true), .init("new", password, required: true)]), answer: .nothing)
    ) { exchange in try await changePassword(exchange) },
    Endpoint(
      .init(
        .post, "/api/session/second-factor", tag: "session", "Begin to enrol a second factor, or another one, with the password",
        access: .signedIn, rate: .signIn, body: .object([.init("password", password, required: true)]),
        answer: .json(.object([.init("secret", .text(max: 100)), .init("uri", .text(max: 1_000))])))
    ) { exchange in try await beginSecondFactor(exchange) },
    Endpoint(
      .init(
        .put, "/api/session/second-factor", tag: "session", "Confirm the second factor with a code", access: .signedIn, rate: .signIn,
        body: .object([.init("code", .text(min: 6, max: 10), required: true)]), answer: .nothing)
    ) { exchange in try await confirmSecondFactor(exchange) },
  ]

  /// Also tells a browser without a cookie who it is: the token that it needs to sign in or report is bound to it.
  private static func show(_ exchange: Exchange) async throws -> Answer {
    var cookie = exchange.cookie
    var person: Person?
    if let token = cookie.token {
      do {
        person = try await exchange.console.people.person(of: token, isUse: exchange.isUse)
        if person == nil { cookie = .fresh() }
      } catch is RPCError {
        // Dispatch is away: nobody knows who this is; the cookie stays good for when it is back.
      }
    }
    return try await session(exchange, cookie, person)
  }

  private static func session(_ exchange: Exchange, _ cookie: SessionCookie, _ person: Person?) async throws -> Answer {
    let console = exchange.console
    async let health = console.services.health()
    let now = await console.now()
    var answer = Answer.json([
      "user": person.map { user($0.identity) } ?? .null,
      "must_change_password": .bool(person?.mustChangePassword ?? false),
      "has_second_factor": .bool(person?.hasSecondFactor ?? false),
      "expires_at": exchange.time(person?.session?.expiresAtUs),
      "csrf": .string(console.cookies.csrf(of: cookie)),
      "city": [
        "name": .string(console.settings.city), "node": .string(console.settings.node), "tier": .string(console.settings.tier),
        "time_zone": .string(console.settings.timeZone), "languages": ["zh", "en"], "now": exchange.time(now),
      ],
      "services": .object(await health.map { .init($0.service, .string($0.state)) }),
    ])
    answer.headers.append(console.cookies.setting(cookie))
    return answer
  }

  private static func user(_ identity: Identity) -> JSON {
    [
      "id": JSON(id: identity.userId), "name": .string(identity.name), "display_name": .string(identity.displayName),
      "roles": .array(identity.roles.map { .string($0) }), "department": JSON(identity.department), "crew": JSON(identity.crew),
      "district": JSON(identity.district),
    ]
  }

  private static func signIn(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let request = SignInRequest(
      name: values.bodyText("name"), password: values.bodyText("password"), totpCode: values.bodyText("code"), origin: exchange.origin)
    let response = try await exchange.services.accounts.signIn(request, CallOptions(timeout: Limits.signInTimeout, waitForReady: false))
    if let old = exchange.cookie.token { try? await end(old, exchange) }
    // A new id: what somebody may have planted before the sign-in is worth nothing after it.
    let cookie = SessionCookie.fresh(token: response.sessionToken)
    let person = try await exchange.console.people.person(of: response.sessionToken, isUse: true)
    return try await session(exchange, cookie, person)
  }

  private static func signOut(_ exchange: Exchange) async throws -> Answer {
    if let token = exchange.cookie.token { try await end(token, exchange) }
    var answer = Answer.nothing
    answer.headers.append(exchange.console.cookies.setting(.fresh()))
    return answer
  }

  private static func end(_ token: String, _ exchange: Exchange) async throws {
    let console = exchange.console
    let session = try? await console.people.person(of: token, isUse: false)?.identity.sessionId
    defer {
      console.people.forget(token)
      if let session { console.end(session: session) }
    }
    do {
      _ = try await exchange.services.accounts.signOut(SignOutRequest(sessionToken: token, origin: exchange.origin), exchange.options)
    } catch let error as RPCError where error.code == .unauthenticated {
      // It has ended already.
    }
  }

  private static func changePassword(_ exchange: Exchange) async throws -> Answer {
    let request = ChangePasswordRequest(
      sessionToken: exchange.cookie.token ?? "", oldPassword: exchange.values.bodyText("old"),
      newPassword: exchange.values.bodyText("new"), origin: exchange.origin)
    let user = try exchange.person.identity.userId
    // Also when no answer came: it may have been changed all the same.
    defer { exchange.console.renew(user: user) }
    _ = try await exchange.services.accounts.changePassword(request, exchange.options(timeout: Limits.signInTimeout))
    return .nothing
  }

  private static func beginSecondFactor(_ exchange: Exchange) async throws -> Answer {
    let request = BeginSecondFactorRequest(
      sessionToken: exchange.cookie.token ?? "", origin: exchange.origin, password: exchange.values.bodyText("password"))
    let response = try await exchange.services.accounts.beginSecondFactor(request, exchange.options(timeout: Limits.signInTimeout))
    return .json(["secret": .string(response.secret), "uri": .string(response.uri)])
  }

  private static func confirmSecondFactor(_ exchange: Exchange) async throws -> Answer {
    let request = ConfirmSecondFactorRequest(
      sessionToken: exchange.cookie.token ?? "", totpCode: exchange.values.bodyText("code"), origin: exchange.origin)
    let user = try exchange.person.identity.userId
    // It ends the other sessions; also when no answer came.
    defer { exchange.console.renew(user: user) }
    _ = try await exchange.services.accounts.confirmSecondFactor(request, exchange.options)
    return .nothing
  }
}

extension Exchange {
  var origin: Origin { Origin(address: visitor.address, userAgent: visitor.userAgent) }
}

extension Console {
  /// The node's clock, which a replay may drive; the system's while dispatch is away. Microseconds.
  func now() async -> Int64 {
    let options = CallOptions(timeout: .seconds(2), waitForReady: false)
    return (try? await services.clock.get(GetClockRequest(), options))?.nowUs ?? SystemTime.microseconds()
  }
}
