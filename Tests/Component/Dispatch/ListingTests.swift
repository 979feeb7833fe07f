import CityModel
import CommonAPI
import DispatchAPI
import DispatchDomain
import IntakeAPI
import Postgres
import RPC
import TestKit
import Testing

@testable import DispatchService

@Suite(.timeLimit(.minutes(5))) struct ListingTests {
  private func numbers(_ dispatch: TestDispatch, _ request: ListCasesRequest, pageSize: Int32 = 4) async throws -> [String] {
    var (numbers, token, request) = ([String](), "", request)
    repeat {
      request.page = Page(size: pageSize, token: token)
      let page = try await dispatch.handler.listCases(request, call(DispatchMethods.listCases))
      numbers += page.cases.map(\.number)
      token = page.nextPageToken
    } while !token.isEmpty
    return numbers
  }

  @Test func `found by words of text, address, kind, number and reference, in Chinese and English`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply([
        filed(1) { $0.text = "人民路井盖塌陷，请尽快处理" },
        filed(2) {
          $0.text = "Pothole at 5th Avenue"; $0.place?.address = "5th Ave & Main"
        },
        filed(3) {
          $0.text = "路灯不亮"; $0.kindName = "公共照明"; $0.kindNameEn = "Street light"; $0.externalRef = "1-523490231"
        },
      ])
      func find(_ query: String) async throws -> [String] { try await numbers(dispatch, ListCasesRequest(q: query)) }
      #expect(try await find("井盖") == [caseNumber(1)])
      #expect(try await find("塌") == [caseNumber(1)])
      #expect(try await find("盖井").isEmpty, "characters in another order")
      #expect(try await find("人民路 处理") == [caseNumber(1)].filter { _ in true })
      #expect(try await find("POTHO main") == [caseNumber(2)])
      #expect(try await find("照明") == [caseNumber(3)])
      #expect(try await find("light 523490231") == [caseNumber(3)])
      #expect(try await find(caseNumber(2)) == [caseNumber(2)])
      #expect(try await find("路灯 井盖").isEmpty, "all words must be there")
      #expect(try await find("x' | 'y \\ :* 井盖 & !").isEmpty)
      #expect(try await find("   ").count == 3, "nothing asked")
      for odd in ["，。", String(repeating: "a", count: 201)] {
        #expect(await status { _ = try await find(odd) } == .invalidArgument)
      }
    }
  }

  @Test func `a case placed anew is found by its new address, and no more by the old one`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.fileCase(1) { $0.place = CommonAPI.Place(address: "不知何处") }
      let place = CommonAPI.Place(point: Point(longitude: 116.5, latitude: 39.8), address: "长安街", districtCode: "D2")
      try await dispatch.apply([
        recorded("intake.report_placed", 1, .reportPlaced(ReportPlaced(reportId: caseID(1).bytes, caseId: caseID(1).bytes, place: place)))
      ])
      #expect(try await numbers(dispatch, ListCasesRequest(q: "长安街")) == [caseNumber(1)])
      #expect(try await numbers(dispatch, ListCasesRequest(q: "何处")).isEmpty)
    }
  }

  @Test func `frequent words, rare ones and those of the oldest case only: all are found, page by page, and counted`() async throws {
    try await withDispatch { dispatch in
      let count = CaseQueries.sampleSize + 60
      try await dispatch.apply(
        (1...count).map { number in
          filed(number) {
            $0.text = "垃圾" + (number % 60 == 0 ? "井盖" : "") + (number == 1 ? "塌陷" : "")
            $0.urgent = number % 2 == 0
          }
        })
      for (words, expected) in [("垃圾", count), ("井盖", count / 60), ("塌陷", 1), ("垃圾 塌陷", 1), ("路灯", 0)] {
        let request = ListCasesRequest(q: words, countUpTo: 1_000)
        #expect(try await numbers(dispatch, request, pageSize: 50).count == expected, "\(words)")
        let counted = try await dispatch.handler.listCases(request, call(DispatchMethods.listCases))
        #expect(counted.total == expected && !counted.moreThanTotal, "\(words)")
      }
      #expect(try await numbers(dispatch, ListCasesRequest(q: "塌陷", onlyUrgent: true)).isEmpty)
      #expect(try await numbers(dispatch, ListCasesRequest(q: "井盖", onlyUrgent: true), pageSize: 3).count == count / 60)
    }
  }

  @Test func `open cases are counted from memory as the table has them, whatever is asked for`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply(
        (1...24).map { number in
          filed(number) {
            $0.kind = "k\(number % 3)"; $0.place?.districtCode = "D\(number % 2)"; $0.place?.streetCode = "S\(number % 4)"
            $0.urgent = number % 5 == 0; $0.unplaced = number % 6 == 0
          }
        })
      for number in [3, 8] {
        let cancel = CancelCaseRequest(command: command(number, key: "c\(number)", reason: "误报"))
        _ = try await dispatch.handler.cancelCase(cancel, call(DispatchMethods.cancelCase))
      }
      let open: [DispatchAPI.CaseState] = [.pendingDispatch, .dispatched, .handling, .returned, .handled, .pendingClose]
      let asked = [
        ListCasesRequest(states: open), ListCasesRequest(states: [.dispatched], districtCode: "D1"),
        ListCasesRequest(states: open, kind: "k1"),
        ListCasesRequest(states: open, streetCode: "S2", onlyUrgent: true),
        ListCasesRequest(states: open, department: "环卫", onlyUnplaced: true),
        ListCasesRequest(sort: .due), ListCasesRequest(states: open, kinds: ["k0", "k2"], departments: ["环卫", "市政"]),
        ListCasesRequest(states: open, department: "环卫", crew: "一班"), ListCasesRequest(states: [.returned]),
        ListCasesRequest(states: open, onlySupervised: true),
      ]
      for request in asked {
        var request = request
        request.countUpTo = 1_000
        let answer = try await dispatch.handler.listCases(request, call(DispatchMethods.listCases))
        #expect(answer.total == answer.cases.count && !answer.moreThanTotal && answer.nextPageToken.isEmpty, "\(request)")
      }
    }
  }

  @Test func `words are found while they are pending and when they are sorted in`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply((1...50).map { number in filed(number) { $0.text = "井盖 \(number)" } })
      #expect(try await numbers(dispatch, ListCasesRequest(q: "井盖"), pageSize: 100).count == 50)
      #expect(try await dispatch.database.query(SearchStore.sortPending)[0][0, Int64.self] > 0)
      #expect(try await dispatch.database.query(SearchStore.sortPending)[0][0, Int64.self] == 0)
      #expect(try await numbers(dispatch, ListCasesRequest(q: "井盖"), pageSize: 100).count == 50)
    }
  }

  @Test func `every order, page by page, and which states it takes`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply(
        (1...12).map { number in
          let event = filed(number) { $0.dueAtUs = number % 4 == 0 ? nil : (filedAt + hours(Double(30 - number))).microseconds }
          return event
        })
      for number in 1...6 {
        dispatch.clock.set(filedAt + hours(Double(number)))
        let close = CancelCaseRequest(command: command(number, key: "c\(number)", reason: "误报"))
        _ = try await dispatch.handler.cancelCase(close, call(DispatchMethods.cancelCase))
      }
      let oldest = try await numbers(dispatch, ListCasesRequest(sort: .oldest))
      #expect(oldest == (1...12).map(caseNumber))
      #expect(try await numbers(dispatch, ListCasesRequest(sort: .newest)) == oldest.reversed())
      #expect(try await numbers(dispatch, ListCasesRequest(sort: .ended)) == (1...6).reversed().map(caseNumber))
      let due = try await numbers(dispatch, ListCasesRequest(sort: .due))
      let byDeadline = [11, 10, 9, 7].map(caseNumber)
      #expect(due.filter(byDeadline.contains) == byDeadline && Set(due) == Set((7...12).map(caseNumber)))
      let before = (filedAt + hours(21)).microseconds
      #expect(
        try await numbers(dispatch, ListCasesRequest(sort: .due, dueBeforeUs: before)).filter(byDeadline.contains)
          == [11, 10].map(caseNumber))
      for odd in [ListCasesRequest(states: [.closed], sort: .due), ListCasesRequest(states: [.handling], sort: .ended)] {
        #expect(await status { _ = try await numbers(dispatch, odd) } == .invalidArgument)
      }
      #expect(await status { _ = try await numbers(dispatch, ListCasesRequest(), pageSize: 201) } == .invalidArgument)
    }
  }

  @Test func `cases by when they ended, whichever way, page by page, and counted`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply((1...9).map { number in filed(number) { $0.urgent = number % 2 == 0 } })
      for number in 1...7 {
        dispatch.clock.set(filedAt + hours(Double(number)))
        let command = command(number, key: "e\(number)", reason: "误报")
        if number == 5 {
          let refer = ReferCaseRequest(command: command, authority: "供电公司")
          _ = try await dispatch.handler.referCase(refer, call(DispatchMethods.referCase))
        } else {
          _ = try await dispatch.handler.cancelCase(CancelCaseRequest(command: command), call(DispatchMethods.cancelCase))
        }
      }
      func at(_ hour: Double) -> Int64 { (filedAt + hours(hour)).microseconds }
      let some = ListCasesRequest(countUpTo: 100, closedFromUs: at(3), closedBeforeUs: at(7))
      #expect(try await numbers(dispatch, some, pageSize: 2) == [6, 5, 4, 3].map(caseNumber), "the last to end first")
      #expect(try await dispatch.handler.listCases(some, call(DispatchMethods.listCases)).total == 4)
      #expect(try await numbers(dispatch, ListCasesRequest(closedFromUs: at(6.5))) == [caseNumber(7)])
      #expect(
        try await numbers(dispatch, ListCasesRequest(onlyUrgent: true, sort: .oldest, closedBeforeUs: at(5))) == [2, 4].map(caseNumber))
      #expect(try await numbers(dispatch, ListCasesRequest(states: [.referred], closedFromUs: at(1))) == [caseNumber(5)])
      for odd in [ListCasesRequest(states: [.handling], closedFromUs: at(1)), ListCasesRequest(sort: .due, closedBeforeUs: at(9))] {
        #expect(await status { _ = try await numbers(dispatch, odd) } == .invalidArgument)
      }
    }
  }

  @Test func `lists of kinds and departments, channel, urgency, supervision, and the count`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply(
        (1...9).map { number in
          filed(number) { filed in
            filed.kind = "k\(number % 3)"
            filed.ownerDepartment = "d\(number % 2)"
            filed.urgent = number > 6
            filed.channel = number == 9 ? .sensor : .hotline
          }
        })
      let supervise = SuperviseCaseRequest(command: command(4, key: "s", reason: "领导关注"))
      _ = try await dispatch.handler.superviseCase(supervise, call(DispatchMethods.superviseCase))
      #expect(try await numbers(dispatch, ListCasesRequest(kinds: ["k0", "k1"])).count == 6)
      #expect(try await numbers(dispatch, ListCasesRequest(kind: "k1", departments: ["d0", "d1"])) == [7, 4, 1].map(caseNumber))
      #expect(try await numbers(dispatch, ListCasesRequest(onlyUrgent: true)) == [9, 8, 7].map(caseNumber))
      #expect(try await numbers(dispatch, ListCasesRequest(onlySupervised: true)) == [caseNumber(4)])
      #expect(try await numbers(dispatch, ListCasesRequest(channel: Channel.sensor.rawValue)) == [caseNumber(9)])
      func count(_ request: ListCasesRequest) async throws -> (Int64, Bool) {
        let page = try await dispatch.handler.listCases(request, call(DispatchMethods.listCases))
        return (page.total, page.moreThanTotal)
      }
      #expect(try await count(ListCasesRequest(kinds: ["k0", "k1"], countUpTo: 100)) == (6, false))
      #expect(try await count(ListCasesRequest(onlyUrgent: true, countUpTo: 2)) == (2, true))
      #expect(try await count(ListCasesRequest(q: "垃圾", onlyUrgent: true, countUpTo: 3)) == (3, false))
      #expect(try await count(ListCasesRequest()) == (0, false))
      let many = ListCasesRequest(kinds: (0...100).map(String.init))
      #expect(await status { _ = try await numbers(dispatch, many) } == .invalidArgument)
    }
  }

  @Test func `what these roles may do`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.fileCase(1)
      func actions(_ roles: [String], department: String = "") async throws -> [CaseAction] {
        let request = GetCaseRequest(caseId: caseID(1).bytes, roles: roles, department: department)
        return try await dispatch.handler.getCase(request, call(DispatchMethods.getCase)).actions.map(\.action)
      }
      #expect(try await actions([]).isEmpty)
      #expect(try await actions(["crew", "nobody knows"], department: "环卫") == [.accept, .return, .reportHandled])
      #expect(try await actions(["crew"], department: "市政").isEmpty)
      #expect(try await actions(["crew", "supervisor"]).contains(.supervise))
    }
  }
}
