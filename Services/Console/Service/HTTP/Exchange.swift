internal import CityModel
internal import CommonAPI
internal import ConsoleDomain
internal import NodeKit
internal import RPC

/// One request that has been let in, with what its operation needs to answer it.
struct Exchange: Sendable {
  let console: Console
  let values: RequestValues
  let visitor: Visitor
  let cookie: SessionCookie
  /// Nil for strangers.
  var signedIn: Person?
  /// A person asks, and not a page by itself: the session is kept alive.
  let isUse: Bool
  /// A question, or a command with a key: a call that found no service may be made again.
  let mayRepeat: Bool

  /// - Throws: 401. Operations that are not for `anyone` can rely on it.
  var person: Person {
    get throws(Problem) {
      guard let signedIn else { throw .signedOut }
      return signedIn
    }
  }

  var services: ServiceClients { console.services }

  /// For calls in the name of whoever is signed in, or of nobody.
  var options: CallOptions { options(timeout: Limits.callTimeout) }

  /// A service that is being restarted is waited for, a second or so; one that is away is said to be so at once.
  func options(timeout: Duration?) -> CallOptions {
    let retry = RetryPolicy(maxAttempts: 4, initialBackoff: .milliseconds(100), maxBackoff: .milliseconds(500))
    var options = CallOptions(timeout: timeout, waitForReady: false, retry: mayRepeat ? retry : nil)
    if let signedIn { options.metadata.append(Person.metadataName, bytes: signedIn.proof) }
    return options
  }

  /// In which a file is written: what the page asks for, else what the browser prefers.
  var language: Language { Language(rawValue: values.text("lang")) ?? visitor.language }

  /// Who acts. The services put the identity in its place; this is what they are told besides.
  var actor: Actor {
    guard let identity = signedIn?.identity else { return Actor(id: "", role: "citizen", name: "") }
    let id = Identifier(bytes: identity.userId)?.description ?? identity.name
    return Actor(id: id, role: identity.roles.first ?? "", name: identity.displayName)
  }

  func time(_ microseconds: Int64?) -> JSON {
    guard let microseconds, microseconds != 0 else { return .null }
    return .string(TimeText.render(Instant(microseconds: microseconds), in: console.zone))
  }
}

extension Person {
  static let metadataName = "chengyun-identity-bin"
}

/// The other end, as far as it can be known.
struct Visitor: Sendable, Hashable {
  let address: String
  /// Whom the address stands for, where requests are counted.
  let group: String
  let userAgent: String
  /// What the browser prefers.
  let language: Language

  /// With reverse proxies in front, the address is what the outermost of ours wrote down, never what the visitor claims.
  init(_ request: IncomingRequest, proxies: Int) {
    let hops = (request.headers["x-forwarded-for"] ?? "").split(separator: ",").map { String($0.filter { $0 != " " }) }
    address = String((proxies > 0 && hops.count >= proxies ? hops[hops.count - proxies] : request.address).prefix(64))
    group = AddressGroup.name(of: address)
    language = Language(asked: "", accepted: request.headers["accept-language"])
    userAgent = String((request.headers["user-agent"] ?? "").prefix(300))
  }
}
