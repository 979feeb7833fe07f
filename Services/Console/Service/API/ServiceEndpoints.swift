internal import ConsoleDomain

/// The console itself.
enum ServiceEndpoints {
  static let all = [
    Endpoint(
      .init(.get, "/healthz", tag: "console", "Whether the console answers", access: .anyone, answer: .json(.anything))
    ) { exchange in .json(["status": "serving", "pages": .string(exchange.console.files.version)]) },
    Endpoint(
      .init(.get, "/api/openapi.json", tag: "console", "This document", access: .anyone, answer: .json(.anything))
    ) { _ in
      var answer = Answer(headers: [("Cache-Control", "no-cache")], .bytes(Endpoints.document, type: "application/json; charset=utf-8"))
      answer.mayBeCompressed = true
      return answer
    },
  ]
}
