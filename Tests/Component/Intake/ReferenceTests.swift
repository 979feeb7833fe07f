import CityModel
import Events
import IntakeAPI
import IntakeDomain
import Postgres
import Reactor
import TestKit
import Testing

@testable import IntakeService

@Suite(.timeLimit(.minutes(5))) struct ReferenceTests {
  @Test func versionsOfCodeTablesHoldFromTheirInstant() async throws {
    try await withIntake { intake in
      let next = IntakeDomain.CodeTable(
        name: IntakeDomain.CodeTable.kinds, version: "2018", validFrom: start + .seconds(100), codes: [.init(code: "snow", name: "积雪")])
      let stored = try await intake.commands.putCodeTable(next)
      #expect(stored == 1)
      #expect(try await intake.commands.putCodeTable(next) == 1, "the same again does nothing")
      await #expect(throws: Refusal.versionExists("kind", version: "2018")) {
        try await intake.commands.putCodeTable(
          IntakeDomain.CodeTable(
            name: IntakeDomain.CodeTable.kinds, version: "2018", validFrom: start, codes: [.init(code: "ice", name: "结冰")]))
      }
      #expect(try await intake.submit("old").state == .filed)
      intake.clock.advance(by: .seconds(100))
      #expect(try await intake.submit("new") { $0.kind = "snow" }.state == .notFiled)
      await #expect(throws: Refusal.unknownKind("garbage", version: "2018")) { try await intake.submit("late") }
      #expect(try intake.commands.reference.codeTable("kind", at: start) == kinds)
      let reference = intake.commands.reference
      #expect(throws: Refusal.noCodeTable(table: "other", at: start)) { () throws in _ = try reference.codeTable("other", at: start) }
    }
  }

  @Test func versionsOfStandards() async throws {
    try await withIntake { intake in
      let odd = IntakeDomain.FilingStandard(
        id: "odd-1", version: "1", kind: "odd", limit: 2, unit: .urgentHour, urgent: true, checkRequired: true)
      let stored = try await intake.commands.putStandards([odd], validFrom: start)
      #expect(stored == 1)
      #expect(try await intake.commands.putStandards([odd], validFrom: start) == 1, "the same again does nothing")
      #expect(try await intake.submit("a") { $0.kind = "odd" }.state == .filed)
    }
  }

  @Test func aChangedStandardIsRefused() async throws {
    try await withIntake { intake in
      let changed = IntakeDomain.FilingStandard(id: standards[0].id, version: "1", kind: "garbage", limit: 9, unit: .workingDay)
      await #expect(throws: Refusal.versionExists(changed.id, version: "1")) {
        try await intake.commands.putStandards([changed], validFrom: .epoch)
      }
      let stored = try await intake.commands.reference.standards(of: "garbage")
      #expect(stored == [standards[0]])
    }
  }

  @Test func otherReplicasHear() async throws {
    try await withIntake { intake in
      let other = intake.test.another()
      let replica = try await TestIntake(intake.test, on: other, clock: intake.clock)
      let watch = intake.test.reactors.reactors[0].spawn {
        for await _ in other.notifications(IntakeKeys.referenceChannel) {
          try await replica.book.refresh()
          if replica.book.current.divisions.knows(.district, "1") { break }
        }
      }
      _ = try await intake.commands.putDivisions([
        StoredDivision(tier: .district, code: "1", name: "东城", parent: "", area: ByHandTests.square.wkb)
      ])
      try await watch.value
      #expect(replica.book.current.divisions.place(Place(point: square)).place.districtCode == "1")
      await other.close()
    }
  }

  @Test func divisionsKeepTheirOrder() async throws {
    try await withIntake { intake in
      func division(_ code: String) -> StoredDivision {
        StoredDivision(tier: .street, code: code, name: code, parent: "", area: ByHandTests.square.wkb)
      }
      _ = try await intake.commands.putDivisions([division("z"), division("a")])
      _ = try await intake.commands.putDivisions([division("a"), division("z"), division("b")])
      let listed = try await intake.commands.reference.divisions(.street, parent: "", withArea: false, tolerance: 0)
      #expect(listed.map(\.code) == ["z", "a", "b"])
      #expect(intake.book.current.divisions.place(Place(point: square)).place.streetCode == "z")
      let stored = try await intake.commands.reference.divisions(.street, parent: "", withArea: true, tolerance: 0)
      #expect(try stored.allSatisfy { try MultiPolygon(wkb: $0.area ?? []) == ByHandTests.square })
      await #expect(throws: Refusal.self) {
        try await intake.commands.putDivisions([StoredDivision(tier: .street, code: "bad", name: "", parent: "", area: [1, 2, 3])])
      }
    }
  }
}
