/// The OpenAPI 3.1 document of the API, made from the descriptions that the router is made from.
public enum OpenAPI {
  public static func document(_ endpoints: [EndpointDescription], version: String) -> JSON {
    var order: [String] = []
    var operations: [String: [JSON.Member]] = [:]
    for endpoint in endpoints {
      if operations[endpoint.path] == nil { order.append(endpoint.path) }
      operations[endpoint.path, default: []].append(.init(endpoint.method.rawValue, operation(endpoint)))
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "Chengyun 城运 console", "version": .string(version), "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
        "description":
          """
        The console's JSON API. Every request but GET carries the header X-CSRF-Token with the value of `csrf` from GET /api/session. \
        A request that a page makes by itself, without anybody having touched it, carries X-Background: 1: it does not keep the session \
        alive; a wall screen's keep it. Event streams never do.
        """,
      ],
      "paths": .object(order.map { .init($0, .object(operations[$0] ?? [])) }),
      "components": [
        "schemas": .object(Schemas.named.map { .init($0.name, $0.schema.json) }),
        "securitySchemes": ["session": ["type": "apiKey", "in": "cookie", "name": "chengyun_session"]],
      ],
    ]
  }

  private static func operation(_ endpoint: EndpointDescription) -> JSON {
    var members: [JSON.Member] = [
      .init("operationId", .string(endpoint.operationID)), .init("summary", .string(endpoint.summary)),
      .init("tags", [.string(endpoint.tag)]),
      .init("security", endpoint.access == .anyone ? [] : [["session": []]]),
    ]
    var parameters = endpoint.parameters.map(parameter)
    if endpoint.method != .get {
      parameters.append([
        "name": "X-CSRF-Token", "in": "header", "required": true, "schema": ["type": "string", "maxLength": 100],
      ])
    }
    if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
    if let body = endpoint.body {
      members.append(.init("requestBody", ["required": true, "content": ["application/json": ["schema": body.json]]]))
    }
    members.append(.init("responses", responses(endpoint)))
    return .object(members)
  }

  private static func parameter(_ parameter: EndpointDescription.Parameter) -> JSON {
    var members: [JSON.Member] = [
      .init("name", .string(parameter.name)), .init("in", parameter.isInPath ? "path" : "query"),
      .init("required", .bool(parameter.isRequired)), .init("schema", parameter.schema.json),
    ]
    if case .list = parameter.schema {
      members.append(.init("style", "form"))
      members.append(.init("explode", false))
    }
    return .object(members)
  }

  private static func responses(_ endpoint: EndpointDescription) -> JSON {
    let success: JSON.Member =
      switch endpoint.answer {
      case .json(let schema): .init("200", content("application/json", schema.json, "The answer"))
      case .csv: .init("200", content("text/csv", ["type": "string"], "A table with a header line, UTF-8 with a byte order mark"))
      case .tile: .init("200", content("application/vnd.mapbox-vector-tile", [:], "A Mapbox vector tile"))
      case .events:
        .init(
          "200",
          content(
            "text/event-stream", ["type": "string"],
            "Server-sent events. signed_out is the last one when the session has ended; after any other end connect again"))
      case .nothing: .init("204", ["description": "Done"])
      }
    let problem = content("application/json", ["$ref": "#/components/schemas/Problem"], "Why not")
    return .object([success, .init("default", problem)])
  }

  private static func content(_ type: String, _ schema: JSON, _ description: String) -> JSON {
    .object([.init("description", .string(description)), .init("content", .object([.init(type, ["schema": schema])]))])
  }
}
