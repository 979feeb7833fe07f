package import ConsoleDomain
internal import NodeKit

/// Every operation of the API.
package enum Endpoints {
  static let all: [Endpoint] =
    SessionEndpoints.all + OverviewEndpoints.all + CaseEndpoints.all + CaseActionEndpoints.all + ReportEndpoints.all
    + DirectoryEndpoints.all + LifelineEndpoints.all + IndicatorEndpoints.all + CitizenEndpoints.all + LiveEndpoints.all
    + AdministrationEndpoints.all + ServiceEndpoints.all

  package static let descriptions: [EndpointDescription] = all.map(\.description)

  /// The OpenAPI document, made once.
  package static let document: [UInt8] = OpenAPI.document(descriptions, version: Product.version).rendered()
}

/// What several operations take.
enum Parameters {
  typealias Parameter = EndpointDescription.Parameter

  static let code = Schema.text(max: 100)
  /// The commands' idempotency key.
  static let key = Schema.Property("key", .text(min: 1, max: 120), required: true)
  static let page = Parameter("page", .text(max: 2_000))
  static func limit(_ most: Int64) -> Parameter { Parameter("limit", .integer(1...most)) }
  static let from = Parameter("from", .text(.instant, max: 40))
  static let to = Parameter("to", .text(.instant, max: 40))
  /// Of a file; else as the browser prefers.
  static let language = Parameter("lang", .choice(Language.allCases.map(\.rawValue)))
  static let number = Parameter.path("number", .text(min: 1, max: 40))
  static let id = Parameter.path("id", .text(.uuid, max: 36))
}

/// Roles by what they are for.
enum Roles {
  /// Everybody who works on cases.
  static let work: Set<String> = ["centre", "acceptor", "dispatcher", "checker", "supervisor", "department", "crew", "evaluator"]
  /// The command centre's own.
  static let centre: Set<String> = ["centre", "acceptor", "dispatcher", "checker", "supervisor"]
}
