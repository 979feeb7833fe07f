import CityModel
import CommonAPI
import ConsoleDomain
import DispatchAPI
import LifelineAPI
import Testing
import Wire

@testable import ConsoleService

@Suite(.timeLimit(.minutes(5))) struct LiveTests {
  /// The names and data of a stream's events, one after the other.
  private struct Events {
    let stream: AsyncStream<[UInt8]>

    init?(_ answer: Answer) {
      guard case .events(let feed) = answer.body else { return nil }
      stream = feed.events
    }

    /// Passes over pings and the pulse. Nil: the stream has ended.
    func next() async -> (name: String, data: JSON?)? {
      for await bytes in stream {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let name = String(lines[0].dropFirst("event: ".count))
        if name == "ping" || name == "overview" { continue }
        return (name, try? JSONReader.read(Array(lines[1].dropFirst("data: ".count).utf8)))
      }
      return nil
    }
  }

  private func tellCase(_ city: FakeCity, _ number: String, _ department: String, _ district: String, crew: String = "") {
    let file = Case(
      id: city.id(number), number: number, state: .dispatched, place: Place(districtCode: district), department: department, crew: crew)
    let change = CaseChanged(fact: CaseFact(kind: .dispatched), caseFile: file)
    city.tell("dispatch.case_changed", number, DispatchEvent(fact: .caseChanged(change)).encoded())
  }

  private func tellAlarm(_ city: FakeCity, _ sensor: String, _ district: String) {
    let alarm = Alarm(id: city.id(sensor), sensorCode: sensor, districtCode: district)
    city.tell("lifeline.alarm_raised", sensor, LifelineEvent(fact: .alarmRaised(alarm)).encoded())
  }

  @Test func everybodyIsToldWhatTheyMaySee() async throws {
    try await withCity { console, city in
      city.signIn("chief", .centre)
      city.signIn("depot", .department, department: "环卫")
      city.signIn("shift", .crew, department: "环卫", crew: "一班")
      city.signIn("both", .department, .administrator, department: "环卫")
      city.signIn("east", .supervisor, district: "D1")
      city.signIn("admin", .administrator)
      var streams: [String: Events] = [:]
      for name in ["chief", "depot", "shift", "both", "east", "admin"] {
        streams[name] = Events(await console.answer("GET", "/api/live", cookie: console.browser(name).cookie))
      }
      console.console.start()
      await city.waitForReaders(2)
      tellCase(city, "1", "市政", "D2")
      tellAlarm(city, "S2", "D2")
      tellCase(city, "2", "环卫", "D2")
      tellCase(city, "3", "市政", "D1")
      tellCase(city, "4", "环卫", "D2", crew: "二班")
      tellAlarm(city, "S1", "D1")
      tellAlarm(city, "S0", "")
      tellCase(city, "end", "环卫", "D1", crew: "一班")
      func seen(_ name: String) async -> Set<String> {
        var seen: Set<String> = []
        // Cases and alarms come on two lines; both have come when their last ones have.
        var missing: Set<String> = ["end", "S0"]
        while !missing.isEmpty, let event = await streams[name]?.next() {
          let what = event.data?["number"]?.string ?? event.data?["sensor"]?.string ?? ""
          missing.remove(what)
          seen.insert(what)
        }
        return seen
      }
      #expect(await seen("chief") == ["1", "2", "3", "4", "end", "S0", "S1", "S2"])
      #expect(await seen("depot") == ["2", "4", "end", "S0", "S1", "S2"])
      #expect(await seen("shift") == ["end", "S0", "S1", "S2"])
      #expect(await seen("both") == ["2", "4", "end", "S0", "S1", "S2"], "to administer accounts shows no case")
      #expect(await seen("east") == ["3", "end", "S0", "S1"])
      console.console.endStreams()
      #expect(await seen("admin") == [])
    }
  }

  @Test func whoSignsOutIsToldNothingMore() async throws {
    try await withCity { console, city in
      city.signIn("li", .centre)
      city.signIn("wang", .centre)
      city.signIn("boss", .administrator)
      func open(_ name: String) async throws -> Events {
        try #require(Events(await console.answer("GET", "/api/live", cookie: console.browser(name).cookie)))
      }
      let (li, wang) = (try await open("li"), try await open("wang"))
      let boss = console.browser("boss")
      let path = "/api/sessions/\(city.idText("session of wang"))"
      #expect(await console.ask("DELETE", path, cookie: boss.cookie, csrf: boss.csrf).status == 204)
      #expect(await wang.next()?.name == "signed_out")
      #expect(await wang.next() == nil)
      let own = console.browser("li")
      // Signing out is not among what this city knows; the stream ends all the same.
      _ = await console.ask("DELETE", "/api/session", cookie: own.cookie, csrf: own.csrf)
      #expect(await li.next()?.name == "signed_out")
      #expect(await li.next() == nil)
    }
  }
}
