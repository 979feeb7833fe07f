import CityModel
import CommonAPI
import EvaluationDomain
import Events
import IntakeAPI
import Postgres
import Testing
import Wire

@testable import EvaluationService

@Suite(.timeLimit(.minutes(2))) struct FigureTests {
  /// Every indicator about cases, in every group, against a count in memory that shares only the parser.
  @Test(arguments: [UInt64(1), 2]) func figuresEqualACountByHand(seed: UInt64) async throws {
    let city = MadeUpCity(seed: seed, count: 300)
    try await withEvaluation { service in
      try await service.apply(city.events)
      let formulas = try await service.formulas.all().filter { $0.subject == .cases }
      for (dimension, group) in [
        (.everything, { _ in "" }), (.department, { $0.department }), (.district, { $0.district }), (.kind, { $0.kind }),
      ] as [(EvaluationDomain.Dimension, (CaseRecord) -> String)] {
        let rows = try await service.count(formulas.map(\.indicator), by: dimension)
        let expected = Dictionary(grouping: city.cases, by: group)
        #expect(Set(rows.map(\.group)) == Set(expected.keys))
        for row in rows {
          for formula in formulas {
            let figure = try #require(row.figures.first { $0.indicator == formula.indicator })
            expect(figure, formula, expected[row.group] ?? [], city, "seed \(seed), \(dimension) \(row.group)")
          }
        }
      }
    }
  }

  func expect(
    _ figure: EvaluationDomain.Figure, _ formula: EvaluationDomain.Formula, _ cases: [CaseRecord], _ city: MadeUpCity, _ place: String
  ) {
    let numerator = cases.filter { formula.numerator.holds(city.truth($0)) }
    switch formula.form {
    case .count:
      #expect(figure.value == Double(numerator.count), "\(formula.indicator), \(place)")
    case .rate(let denominator):
      let within = cases.filter { denominator.holds(city.truth($0)) }
      let both = within.filter { formula.numerator.holds(city.truth($0)) }
      #expect(figure.numerator == Int64(both.count), "\(formula.indicator), \(place)")
      #expect(figure.denominator == Int64(within.count), "\(formula.indicator), \(place)")
      #expect((figure.value == nil) == within.isEmpty)
    case .medianHours:
      let hours = numerator.map { max(0, Double(($0.endedAt ?? $0.filedAt).microseconds - $0.filedAt.microseconds) / 3.6e9) }.sorted()
      guard !hours.isEmpty else { return #expect(figure.value == nil) }
      let middle = (hours[(hours.count - 1) / 2] + hours[hours.count / 2]) / 2
      #expect(abs((figure.value ?? -1) - middle) < 1e-6, "\(formula.indicator), \(place)")
    }
  }

  @Test func everyFigureDrillsDownToItsCases() async throws {
    let city = MadeUpCity(seed: 3, count: 120)
    try await withEvaluation { service in
      try await service.apply(city.events)
      let drillDown = DrillDown(formulas: service.formulas, figures: service.figures)
      for row in try await service.count(["on_time_closing_rate", "open"], by: .department, period: .week) {
        for figure in row.figures {
          for (part, count) in [(CountedPart.numerator, figure.numerator), (.denominator, figure.denominator)] {
            var question = DrillDown.Question(
              indicator: figure.indicator, part: part, dimension: .department, group: row.group, period: .week,
              periodStart: row.periodStart, range: CountedRange(), pageSize: 7, token: "")
            var seen: Set<String> = []
            repeat {
              let answer = try await drillDown.run(question, now: Instant(seconds: 2_000_000_000))
              #expect(answer.total == count)
              seen.formUnion(answer.cases.map(\.number))
              question.token = answer.nextToken
            } while !question.token.isEmpty
            #expect(seen.count == count)
          }
        }
      }
    }
  }

  /// A log applied again, in other batches, from an emptied schema, gives the same figures.
  @Test func rebuildingGivesTheSameFigures() async throws {
    let city = MadeUpCity(seed: 4, count: 200)
    try await withEvaluation { service in
      let all = try await service.formulas.all().map(\.indicator)
      var start = 0
      var size = 1
      while start < city.events.count {
        let end = min(city.events.count, start + size)
        try await service.apply(Array(city.events[start..<end]))
        start = end
        size = size * 2 % 97 + 1
      }
      let incremental = try await service.count(all, by: .district, period: .day)
      _ = try await service.database.atomically([FactCursors.reset] + CaseFacts.emptyAll)
      #expect(try await service.count(all, by: .district, period: .day).isEmpty)
      try await service.apply(city.events)
      #expect(try await service.count(all, by: .district, period: .day) == incremental)
      // A redelivery changes nothing.
      try await service.apply(city.events)
      #expect(try await service.count(all, by: .district, period: .day) == incremental)
    }
  }

  @Test func periodsAreTheCitysOwn() async throws {
    try await withEvaluation { service in
      var file = MadeUpCity(seed: 5, count: 1).cases[0]
      // 2017-12-31 23:30 in Los Angeles is the next year in UTC.
      file.filedAt = Instant(seconds: 1_514_791_800)
      _ = try await service.database.query(CaseFacts.upsert([file]))
      #expect(try await service.count(["requests"], by: .everything, period: .day).map(\.periodStart) == [20_171_231])
      #expect(try await service.count(["requests"], by: .everything, period: .week).map(\.periodStart) == [20_171_225])
      #expect(try await service.count(["requests"], by: .everything, period: .month).map(\.periodStart) == [20_171_201])
    }
  }

  @Test func reportsAreCountedApartFromCases() async throws {
    try await withEvaluation { service in
      let events = [ReportState.filed, .linked, .linked, .notFiled].enumerated().map { number, state in
        let id = Identifier(high: 0x0160_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number))
        let fact = ReportReceived(reportId: id.bytes, state: state, channel: .app, kind: "lamp", place: Place(districtCode: "1"))
        return MadeUpCity.event("intake.report_received", id, IntakeEvent(fact: .reportReceived(fact)).encoded())
      }
      try await service.apply(events)
      let row = try #require(try await service.count(["reports", "valid_report_rate", "filing_rate"], by: .channel).first)
      #expect(row.group == "app")
      #expect(row.figures.map(\.value) == [0.25, 4, 0.75])
    }
  }

  @Test func aVersionOfAFormulaIsNeverChanged() async throws {
    try await withEvaluation { service in
      func formula(_ numerator: String) throws -> EvaluationDomain.Formula {
        try EvaluationDomain.Formula(
          indicator: "closing_rate", version: "2", name: "结案率", nameEnglish: "Closing rate", form: "rate", numerator: numerator,
          denominator: "filed", measure: "", validFrom: Instant(seconds: 1_600_000_000))
      }
      try await service.formulas.put(try formula("closed"))
      try await service.formulas.put(try formula("closed"))
      await #expect(throws: EvaluationRefusal.versionTaken(indicator: "closing_rate", version: "2")) {
        try await service.formulas.put(try formula("open"))
      }
      #expect(
        try await service.formulas.valid(at: Instant(seconds: 1_500_000_000)).first { $0.indicator == "closing_rate" }?.version == "1")
      #expect(
        try await service.formulas.valid(at: Instant(seconds: 1_700_000_000)).first { $0.indicator == "closing_rate" }?.version == "2")
    }
  }
}
