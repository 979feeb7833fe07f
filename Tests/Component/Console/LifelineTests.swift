import CityModel
import ConsoleDomain
import Testing

@Suite(.timeLimit(.minutes(5))) struct LifelineTests {
  @Test func oneSensor() async throws {
    try await withCity { console, city in
      city.signIn("li", .evaluator)
      let cookie = console.browser("li").cookie
      let found = await console.ask("GET", "/api/sensors/S%201", cookie: cookie)
      #expect(found.status == 200 && found.json?["name"] == "水位" && found.json?["above"] == false)
      #expect(found.json?["thresholds"]?.array == [["severity": "red", "limit": 2, "above": false]], "\(found.text)")
      let unknown = await console.ask("GET", "/api/sensors/S2", cookie: cookie)
      #expect(unknown.status == 404 && unknown.code == "lifeline.unknown_sensor")
    }
  }
}
