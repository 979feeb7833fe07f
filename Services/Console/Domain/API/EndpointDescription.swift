/// An operation of the API: what it is given and what it answers. The router, the checks on the way in and the OpenAPI document are all
/// made from this, so they cannot differ.
public struct EndpointDescription: Sendable, Hashable {
  public enum Method: String, Sendable, Hashable, CaseIterable {
    case get, post, put, delete
  }

  /// Who is answered. The services decide for themselves once more.
  public enum Access: Sendable, Hashable {
    case anyone
    case signedIn
    /// Signed in, with one of these roles.
    case roles(Set<String>)
  }

  /// Whom a caller without a session is counted with.
  public enum RateClass: Sendable, Hashable {
    case none
    /// Citizens' reports and questions, by address.
    case visitor
    /// Attempts to sign in, by address.
    case signIn
  }

  public enum Answer: Sendable, Hashable {
    case json(Schema)
    case csv
    case tile
    case events
    case nothing
  }

  public struct Parameter: Sendable, Hashable {
    public let name: String
    public let schema: Schema
    public let isInPath: Bool
    public let isRequired: Bool

    /// In the query.
    public init(_ name: String, _ schema: Schema, required: Bool = false) {
      self.init(name, schema, isInPath: false, isRequired: required)
    }

    private init(_ name: String, _ schema: Schema, isInPath: Bool, isRequired: Bool) {
      self.name = name
      self.schema = schema
      self.isInPath = isInPath
      self.isRequired = isRequired
    }

    public static func path(_ name: String, _ schema: Schema) -> Parameter { Parameter(name, schema, isInPath: true, isRequired: true) }
  }

  public let method: Method
  /// With variables in braces: `/api/cases/{number}`.
  public let path: String
  public let tag: String
  public let summary: String
  public let access: Access
  public let rate: RateClass
  public let parameters: [Parameter]
  public let body: Schema?
  public let answer: Answer

  public init(
    _ method: Method, _ path: String, tag: String, _ summary: String, access: Access, rate: RateClass = .none,
    parameters: [Parameter] = [], body: Schema? = nil, answer: Answer
  ) {
    self.method = method
    self.path = path
    self.tag = tag
    self.summary = summary
    self.access = access
    self.rate = rate
    self.parameters = parameters
    self.body = body
    self.answer = answer
  }

  /// Names in braces.
  public var pathVariables: [String] {
    path.split(separator: "{").dropFirst().compactMap { $0.split(separator: "}").first.map(String.init) }
  }

  /// `get /api/cases/{number}` as `getCasesNumber`.
  public var operationID: String {
    let words = path.dropFirst("/api/".count).split { !$0.isLetter && !$0.isNumber }
    return method.rawValue + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
