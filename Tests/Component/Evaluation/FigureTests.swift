import CityModel
import CommonAPI
import EvaluationDomain
import Events
import IntakeAPI
import Postgres
import Testing
import Wire

@testable import EvaluationService

@Suite(.timeLimit(.minutes(5))) struct FigureTests {
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

  /// A log applied again, in other batches, aside, gives the same figures.
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
      let rebuild = try await ProjectionStore.begin(in: service.database)
      try await service.apply(Array(city.events.prefix(100)), to: .aside)
      #expect(try await service.count(all, by: .district, period: .day) == incremental, "what is made aside is not counted")
      try await service.apply(city.events, to: .aside)
      #expect(try await ProjectionStore.change(to: rebuild, ["dispatch"], in: service.database))
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
      _ = try await service.database.query(CaseFacts.upsert([file], into: .counted))
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

  /// From the report's own moment to the moment of its case, which may be of another batch; a later unlinking files late.
  @Test func filingOnTimeIsCountedFromReportToCase() async throws {
    try await withEvaluation { service in
      let begin: Int64 = 1_512_115_200_000_000
      func id(_ number: UInt64) -> Identifier { Identifier(high: 0x0160_0000_0000_7000, low: 0x8000_0000_0000_0000 | number) }
      func event(_ type: String, at: Int64, _ fact: IntakeEvent.Fact) -> RecordedEvent {
        RecordedEvent(
          position: EventPosition(transaction: 1, sequence: 1), type: type, subject: id(0), occurredAt: Instant(microseconds: at),
          recordedAt: .epoch, body: IntakeEvent(fact: fact).encoded())
      }
      func received(_ number: UInt64, _ state: ReportState) -> RecordedEvent {
        event("intake.report_received", at: begin, .reportReceived(ReportReceived(reportId: id(number).bytes, state: state, channel: .app)))
      }
      func filed(_ number: UInt64, after: Int64) -> RecordedEvent {
        event("intake.case_filed", at: begin + after, .caseFiled(CaseFiled(caseId: id(100 + number).bytes, reportId: id(number).bytes)))
      }
      try await service.apply([received(1, .filed), filed(1, after: 0), received(2, .filed), received(3, .linked), received(4, .rejected)])
      try await service.apply([filed(2, after: 900_000_000)])
      let unlinked = ReportUnlinked(reportId: id(3).bytes, newCaseId: id(103).bytes, newCaseNumber: "new")
      try await service.apply([
        event("intake.report_unlinked", at: begin + 900_000_001, .reportUnlinked(unlinked)), filed(3, after: 900_000_001),
      ])
      let figure = try #require(try await service.count(["on_time_filing_rate"], by: .everything).first?.figures.first)
      #expect((figure.numerator, figure.denominator) == (2, 3))
      var question = DrillDown.Question(
        indicator: "on_time_filing_rate", part: .denominator, dimension: .everything, group: "", period: .none, periodStart: 0,
        range: CountedRange(), pageSize: 0, token: "")
      let drillDown = DrillDown(formulas: service.formulas, figures: service.figures)
      let all = try await drillDown.run(question, now: Instant(seconds: 2_000_000_000))
      #expect(all.total == 3 && all.cases.contains { $0.number == "new" }, "the unlinked report names its new case")
      question.part = .numerator
      #expect(try await drillDown.run(question, now: Instant(seconds: 2_000_000_000)).total == 2)
    }
  }

  /// A department's person whose account names a district, too.
  @Test func aDrillDownIsCutToADistrict() async throws {
    let city = MadeUpCity(seed: 7, count: 200)
    try await withEvaluation { service in
      try await service.apply(city.events)
      let drillDown = DrillDown(formulas: service.formulas, figures: service.figures)
      let own = city.cases.filter { $0.department == "A" }
      for district in [nil, "1", "2", "3"] {
        let question = DrillDown.Question(
          indicator: "requests", part: .numerator, dimension: .department, group: "A", period: .none, periodStart: 0, range: CountedRange(),
          district: district, pageSize: 1_000, token: "")
        let answer = try await drillDown.run(question, now: Instant(seconds: 2_000_000_000))
        let expected = own.filter { district == nil || $0.district == district }.map(\.number)
        #expect(Set(answer.cases.map(\.number)) == Set(expected) && answer.total == Int64(expected.count), "\(district ?? "")")
      }
    }
  }

  /// The limit is the version's: another city's, another figure.
  @Test func theDispatchClockIsAParameterOfTheFormula() async throws {
    let city = MadeUpCity(seed: 6, count: 200)
    try await withEvaluation { service in
      try await service.apply(city.events)
      func onTime() async throws -> Int64 {
        try #require(try await service.count(["on_time_dispatch_rate"], by: .everything).first?.figures.first).numerator
      }
      let inFifteenMinutes = try await onTime()
      try await service.formulas.put(
        try EvaluationDomain.Formula(
          indicator: "on_time_dispatch_rate", version: "2", name: "按期派遣率", nameEnglish: "On-time dispatch", form: "rate",
          numerator: "dispatched_in_limit", denominator: "filed and not cancelled and not referred", measure: "", limitSeconds: 60,
          validFrom: Instant(seconds: 1_600_000_000)))
      let inOneMinute = try await onTime()
      #expect(0 < inOneMinute && inOneMinute < inFifteenMinutes)
      #expect(try await service.formulas.all().contains { $0.limit == .seconds(60) }, "it survives being stored")
    }
  }

  @Test func moreFiguresThanAnAnswerHoldsAreRefused() async throws {
    try await withEvaluation { service in
      _ = try await service.database.query(
        """
        INSERT INTO report_facts (generation, report_id, case_number, external_ref, state, kind, channel, district, street, community,
          unplaced, duplicate, reported_at)
        SELECT 0, gen_random_uuid(), '', '', 'opened', 'k' || n, '', '', '', '', false, false, now() FROM generate_series(1, 30001) n
        """)
      await #expect(throws: EvaluationRefusal.tooMuch(limit: 30_000)) { try await service.count(["reports"], by: .kind) }
      #expect(try await service.count(["reports"], by: .everything).count == 1)
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
