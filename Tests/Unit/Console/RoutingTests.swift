import ConsoleDomain
import Testing

@Suite struct RoutingTests {
  private let table: PathTable<String> = {
    var table = PathTable<String>()
    table.add("GET", "/api/cases", "list")
    table.add("GET", "/api/cases/{number}", "case")
    table.add("GET", "/api/indicators/cases", "literal")
    table.add("GET", "/api/indicators/{code}", "variable")
    table.add("POST", "/api/cases/{number}/actions/close", "close")
    table.add("GET", "/api/tiles/{z}/{x}/{y}.mvt", "tile")
    return table
  }()

  private func find(_ method: String, _ path: String) -> String {
    switch table.find(method, path.split(separator: "/").map(String.init)) {
    case .found(let value, let variables):
      "\(value) \(variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))"
    case .otherMethods(let methods): "405 \(methods.joined())"
    case .nothing: "404"
    }
  }

  @Test(arguments: [
    ("GET", "/api/cases", "list "), ("GET", "/api/cases/A-1", "case number=A-1"), ("GET", "/api/indicators/cases", "literal "),
    ("GET", "/api/indicators/x", "variable code=x"), ("GET", "/api/tiles/1/2/3.mvt", "tile x=2 y=3 z=1"),
    ("GET", "/api/tiles/1/2/.mvt", "404"),
    ("GET", "/api/tiles/1/2/3", "404"), ("DELETE", "/api/cases/A-1", "405 GET"), ("GET", "/api/cases/A-1/actions/close", "405 POST"),
    ("GET", "/api", "404"),
  ])
  func finds(method: String, path: String, expected: String) {
    #expect(find(method, path) == expected)
  }
}
