import ConsoleDomain
import ConsoleService
import Testing

@Suite(.timeLimit(.minutes(5))) struct OpenAPITests {
  @Test func everyRouteIsInTheDocument() async throws {
    try await withConsole { console in
      let reply = await console.ask("GET", "/api/openapi.json")
      let paths = try #require(reply.json?["paths"])
      for endpoint in Endpoints.descriptions {
        let operation = try #require(paths[endpoint.path]?[endpoint.method.rawValue], "\(endpoint.method) \(endpoint.path)")
        let names = Set((operation["parameters"]?.array ?? []).compactMap { $0["name"]?.string })
        #expect(names.isSuperset(of: endpoint.pathVariables), "\(endpoint.path) describes its variables")
        #expect((operation["requestBody"] != nil) == (endpoint.body != nil))
      }
    }
  }

  /// A route that is in the document and not in the router would be answered with 404 or 405.
  @Test func everyOperationOfTheDocumentIsAnswered() async throws {
    try await withConsole { console in
      let paths = try #require(await console.ask("GET", "/api/openapi.json").json?["paths"]?.members)
      #expect(paths.count > 40)
      for path in paths {
        for operation in path.value.members ?? [] {
          let reply = await console.ask(operation.name.uppercased(), path.name.replacing(/\{[^}]*\}/, with: "1"))
          #expect(reply.status != 405, "\(operation.name) \(path.name)")
          #expect(reply.code != "not_found", "\(operation.name) \(path.name)")
        }
      }
    }
  }

  @Test func operationsHaveNamesOfTheirOwn() {
    let names = Endpoints.descriptions.map(\.operationID)
    #expect(Set(names).count == names.count)
  }

  @Test func referencesLeadSomewhere() throws {
    let document = try JSONReader.read(Endpoints.document)
    let schemas = try #require(document["components"]?["schemas"])
    func check(_ value: JSON) {
      for member in value.members ?? [] {
        if member.name == "$ref", let name = member.value.string?.split(separator: "/").last {
          #expect(schemas[String(name)] != nil, "\(name)")
        }
        check(member.value)
      }
      for element in value.array ?? [] { check(element) }
    }
    check(document)
  }
}
