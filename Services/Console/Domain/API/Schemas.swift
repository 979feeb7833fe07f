/// The shapes that several operations share; components of the OpenAPI document.
public enum Schemas {
  public struct Named: Sendable, Hashable {
    public let name: String
    public let schema: Schema
  }

  public static let states = [
    "pending_dispatch", "dispatched", "handling", "returned", "handled", "pending_close", "closed", "cancelled", "referred",
  ]
  public static let severities = ["red", "orange", "yellow", "blue"]
  public static let roles = [
    "centre", "acceptor", "dispatcher", "checker", "supervisor", "department", "crew", "evaluator", "administrator", "auditor",
  ]

  static let words = Schema.text(max: 4_000)
  static let maybeWords = Schema.nullable(words)
  static let time = Schema.text(max: 40)
  static let maybeTime = Schema.nullable(time)
  static let count = Schema.integer(0...Int64.max)
  static let point = Schema.object([
    .init("lon", .number(-180...180), required: true), .init("lat", .number(-90...90), required: true),
  ])

  public static let named: [Named] = [
    Named(
      name: "Problem",
      schema: .object([
        .init(
          "error",
          .object([
            .init("code", words, required: true), .init("message", words, required: true), .init("message_en", words, required: true),
          ]), required: true)
      ])),
    Named(name: "User", schema: user),
    Named(name: "Session", schema: session),
    Named(name: "CaseRow", schema: caseRow),
    Named(name: "CasePage", schema: page("cases", .named("CaseRow"))),
    Named(name: "Case", schema: caseDetail),
    Named(name: "Alarm", schema: alarm),
    Named(name: "Sensor", schema: sensor),
    Named(name: "Threshold", schema: threshold),
  ]

  /// `{<name>: […], next_page}`
  public static func page(_ name: String, _ element: Schema) -> Schema {
    .object([.init(name, .list(element, max: 1_000), required: true), .init("next_page", maybeWords, required: true)])
  }

  private static let user = Schema.object([
    .init("id", .text(.uuid, max: 36), required: true), .init("name", words, required: true), .init("display_name", words, required: true),
    .init("roles", .list(.choice(roles), max: 10), required: true), .init("department", maybeWords), .init("crew", maybeWords),
    .init("district", maybeWords),
  ])

  private static let session = Schema.object([
    .init("id", .text(.uuid, max: 36), required: true), .init("current", .flag, required: true),
    .init("user_id", .text(.uuid, max: 36), required: true), .init("address", maybeWords), .init("user_agent", maybeWords),
    .init("started_at", maybeTime, required: true), .init("last_used_at", maybeTime, required: true),
    .init("expires_at", maybeTime, required: true),
  ])

  private static let threshold = Schema.object([
    .init("severity", .choice(severities), required: true), .init("limit", .number(-.infinity ... .infinity), required: true),
    .init("above", .flag, required: true),
  ])

  private static let sensor = Schema.object([
    .init("code", words, required: true), .init("name", words, required: true), .init("asset", maybeWords), .init("quantity", maybeWords),
    .init("unit", maybeWords), .init("point", .nullable(point), required: true), .init("district", maybeWords),
    .init("interval_s", .integer(0...Int64.max), required: true), .init("above", .flag, required: true),
    .init("silence_after_s", .integer(0...Int64.max), required: true),
    .init("thresholds", .list(.named("Threshold"), max: 4), required: true), .init("last_at", maybeTime, required: true),
    .init("last_value", .nullable(.number(-.infinity ... .infinity)), required: true),
  ])

  private static let caseRow = Schema.object([
    .init("number", words, required: true), .init("id", .text(.uuid, max: 36), required: true),
    .init("state", .choice(states), required: true), .init("kind", words, required: true), .init("kind_name", maybeWords),
    .init("kind_name_en", maybeWords), .init("text", maybeWords), .init("address", maybeWords), .init("district", maybeWords),
    .init("street", maybeWords), .init("department", maybeWords), .init("crew", maybeWords), .init("urgent", .flag, required: true),
    .init("overdue", .flag, required: true), .init("supervised", .flag, required: true), .init("filed_at", maybeTime),
    .init("due_at", maybeTime), .init("point", .nullable(point), required: true),
  ])

  private static let caseDetail = Schema.object([
    .init("case", .named("CaseRow"), required: true), .init("history", .list(.anything, max: 100_000), required: true),
    .init("reports", .list(.anything, max: 1_000), required: true), .init("actions", .list(words, max: 20), required: true),
    .init("deadline", .nullable(.anything)), .init("dispatch_reason", .nullable(.anything)),
  ])

  private static let alarm = Schema.object([
    .init("id", .text(.uuid, max: 36), required: true), .init("sensor", words, required: true),
    .init("severity", .nullable(.choice(severities))), .init("state", words, required: true), .init("district", maybeWords),
  ])
}
