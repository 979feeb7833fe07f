internal import ConsoleDomain
internal import Logging
internal import RPC
internal import Reactor

/// From a request to an answer: cookie, rate, CSRF, identity, checks, the operation. Knows nothing of the HTTP server.
package struct Edge: Sendable {
  private let console: Console
  private let table: PathTable<Endpoint>
  private let headers: [(name: String, value: String)]

  package init(console: Console) {
    self.console = console
    var table = PathTable<Endpoint>()
    for endpoint in Endpoints.all {
      table.add(endpoint.description.method.rawValue.uppercased(), endpoint.description.path, endpoint)
    }
    self.table = table
    headers = SecurityHeaders.all(isSecure: console.settings.isSecure)
  }

  /// Begins to answer, on a reactor, where the calls to the services are made. Whatever happens there is an answer; cancelled when nobody
  /// waits for it any more.
  package func begin(_ request: IncomingRequest) -> Task<Answer, any Error> {
    console.reactors.next().spawn { await answer(request) }
  }

  package func answer(_ request: IncomingRequest) async -> Answer {
    var answer: Answer
    do {
      answer = try await route(request)
    } catch {
      answer = .problem(problem(of: error, request))
    }
    answer = await answer.compressed(for: request)
    answer.headers += headers
    return answer
  }

  private func route(_ request: IncomingRequest) async throws -> Answer {
    guard request.path.utf8.count <= Limits.pathBytes else { throw Problem.notFound }
    let method = request.method == "HEAD" ? "GET" : request.method
    guard request.path.hasPrefix("/api/") || request.path == "/healthz" else {
      guard method == "GET" else { throw Problem.methodNotAllowed }
      return try console.files.answer(request)
    }
    var segments: [String] = []
    for part in request.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true) {
      guard let text = PercentText.decode(part) else { throw Problem.notFound }
      segments.append(text)
    }
    switch table.find(method, segments) {
    case .nothing: throw Problem.notFound
    case .otherMethods(let methods):
      var answer = Answer.problem(.methodNotAllowed)
      answer.headers.append(("Allow", Set(methods).sorted().joined(separator: ", ")))
      return answer
    case .found(let endpoint, let variables): return try await answer(request, endpoint, variables)
    }
  }

  private func answer(_ request: IncomingRequest, _ endpoint: Endpoint, _ variables: [String: String]) async throws -> Answer {
    let visitor = Visitor(request, proxies: console.settings.proxies)
    let description = endpoint.description
    try console.limits.admit(visitor.group, to: description.rate)
    guard request.body != nil else { throw Problem.bodyTooLarge }
    let known = console.cookies.read(request.headers["cookie"])
    if description.method != .get { try checkOrigin(request, known) }
    let isUse = description.answer != .events && !(description.method == .get && request.headers["x-background"] == "1")
    let signedIn = try await identify(known, for: description, isUse: isUse)
    if case .roles(let roles) = description.access, let signedIn, signedIn.roles.isDisjoint(with: roles) {
      throw signedIn.mustChangePassword ? Problem.passwordFirst : Problem.forbidden
    }
    let values = try RequestValues(
      description, path: variables, query: try Query(request.query), body: try body(request, description), zone: console.zone)
    let exchange = Exchange(
      console: console, values: values, visitor: visitor, cookie: known ?? .fresh(), signedIn: signedIn, isUse: isUse,
      mayRepeat: description.method == .get || values.body["key"] != nil)
    return try await endpoint.answer(exchange)
  }

  /// The header cannot be set by another site's page, and its value is bound to the cookie.
  private func checkOrigin(_ request: IncomingRequest, _ cookie: SessionCookie?) throws(Problem) {
    let site = request.headers["sec-fetch-site"]
    guard site == nil || site == "same-origin" || site == "none" else { throw .csrf }
    guard let cookie, console.cookies.isCSRF(request.headers["x-csrf-token"], of: cookie) else { throw .csrf }
  }

  /// Nobody is asked for operations that are for anyone, but for those of the session itself: citizens don't depend on dispatch.
  private func identify(_ cookie: SessionCookie?, for description: EndpointDescription, isUse: Bool) async throws -> Person? {
    guard description.access != .anyone else { return nil }
    guard let token = cookie?.token, let person = try await console.people.person(of: token, isUse: isUse) else {
      throw Problem.signedOut
    }
    return person
  }

  private func body(_ request: IncomingRequest, _ description: EndpointDescription) throws(Problem) -> JSON? {
    guard description.body != nil, let bytes = request.body else { return nil }
    let type = (request.headers["content-type"] ?? "").lowercased()
    guard type == "application/json" || type.hasPrefix("application/json;") else { throw .wrongContentType }
    do throws(JSONReader.Fault) {
      return try JSONReader.read(bytes)
    } catch {
      throw .notJSON
    }
  }

  private func problem(of error: any Error, _ request: IncomingRequest) -> Problem {
    switch error {
    case let problem as Problem: return problem
    case let error as RPCError:
      let problem = Problem(error)
      if problem.status >= 500 {
        console.logger.warning("a service failed", metadata: ["path": "\(request.path)", "error": "\(error)"])
      }
      return problem
    case is CancellationError: return .unavailable("console")
    default:
      console.logger.error("cannot answer", metadata: ["path": "\(request.path)", "error": "\(error)"])
      return .internalError
    }
  }
}
