import AccountsAPI
import CityModel
import CommonAPI
import ConsoleDomain
import DispatchAPI
import Synchronization
import Testing

@testable import ConsoleService

@Suite(.timeLimit(.minutes(5))) struct ExportTests {
  private func file(_ number: Int, _ text: String = "路灯不亮") -> Case {
    Case(
      number: "260101-\(number)", state: .handling, kind: "lamp", kindName: "路灯", kindNameEn: "Street lamp", text: text,
      place: Place(point: Point(longitude: -118.25, latitude: 34.05), districtCode: "D1"), department: "环卫",
      overdue: true, filedAtUs: 1_512_086_400_000_000)
  }

  @Test func aTableInThePersonsLanguage() async throws {
    try await withCity { console, city in
      city.signIn("li", .centre)
      city.state.withLock { $0.cases = [[self.file(1), self.file(2, "=HYPERLINK(\"http://x\")")], [self.file(3, "一,\"二\"")]] }
      let cookie = console.browser("li").cookie
      let reply = await console.ask("GET", "/api/cases.csv?state=handling&q=139", cookie: cookie)
      #expect(reply.status == 200 && reply.isWhole && reply.bytes.starts(with: [0xEF, 0xBB, 0xBF]))
      #expect(reply.headers["Content-Disposition"] == "attachment; filename=\"cases.csv\"")
      let lines = reply.text.split(separator: "\r\n")
      #expect(lines.count == 4 && lines[0].contains("案卷号,状态,"))
      #expect(lines[1].contains("处置中,lamp,路灯,") && lines[1].contains(",否,是,否,2017-11-30 16:00:00,,,-118.25,34.05"), "\(lines[1])")
      #expect(lines[2].contains("\"'=HYPERLINK(\"\"http://x\"\")\""), "\(lines[2])")
      #expect(lines[3].contains("\"一,\"\"二\"\"\""))
      let records = city.state.withLock { $0.records }
      #expect(records.map(\.action) == ["export", "exported"])
      #expect(records.map(\.detail) == ["q; state=handling", "3 lines"], "what was searched for is nobody's business")
      for (path, headers) in [("/api/cases.csv?lang=en", [:]), ("/api/cases.csv", ["accept-language": "en-GB,zh;q=0.5"])] {
        let english = await console.ask("GET", path, cookie: cookie, headers: headers)
        #expect(english.text.contains("Case number,State,") && english.text.contains("Being handled,lamp,Street lamp,"))
      }
    }
  }

  /// A session that ends in the middle: the table breaks off, and the audit list says how much had left.
  @Test func nothingMoreLeavesWhenTheSessionHasEnded() async throws {
    try await withCity { console, city in
      city.signIn("li", .centre)
      city.state.withLock { state in
        state.cases = (0..<5).map { [self.file($0)] }
        state.beforePage = { page in
          guard page == 2 else { return }
          city.state.withLock { $0.people = [:] }
          console.console.people.forget { _ in true }
        }
      }
      let reply = await console.ask("GET", "/api/cases.csv", cookie: console.browser("li").cookie)
      #expect(!reply.isWhole && reply.text.contains("260101-2,") && !reply.text.contains("260101-3,"))
      let last = try #require(city.state.withLock { $0.records.last })
      #expect(last.action == "exported" && last.result == .failed && last.detail == "3 lines")
    }
  }

  @Test func atMostSoManyLines() async throws {
    try await withCity { console, city in
      city.signIn("li", .centre)
      let page = (0..<2_000).map { self.file($0, "") }
      city.state.withLock { $0.cases = Array(repeating: page, count: 60) }
      let reply = await console.ask("GET", "/api/cases.csv?lang=en", cookie: console.browser("li").cookie)
      let lines = reply.text.split(separator: "\r\n")
      #expect(lines.count == CaseExport.lineLimit + 2 && lines.last?.contains("more than 100000 lines") == true)
      #expect(city.state.withLock { $0.listed } == 50, "no more is fetched than is sent")
      #expect(city.state.withLock { $0.records.last?.detail } == "100000 lines")
    }
  }

  @Test func whatCannotBeWrittenDownDoesNotLeave() async throws {
    try await withConsole { console in
      #expect(await console.ask("GET", "/api/cases.csv", cookie: console.browser("li").cookie).status == 503)
    }
  }
}
