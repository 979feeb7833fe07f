import CityModel
import FeedbackDomain
import Testing

@Suite struct FollowUpTests {
  @Test(arguments: 1...5) func dissatisfactionReopensOnce(score: Int) throws {
    let asked = FollowUp(isAsked: true, score: nil, reopenings: 0)
    let verdict = try asked.rate(score: Int32(score), text: "")
    #expect(verdict.isSatisfied == (score >= 3))
    #expect(verdict.reopens == (score <= 2))
    #expect(try FollowUp(isAsked: true, score: nil, reopenings: 1).rate(score: Int32(score), text: "").reopens == false)
  }

  @Test(arguments: [0, 6, -1, Int32.max]) func aScoreIsOneToFive(score: Int32) {
    #expect(throws: FeedbackRefusal.scoreOutOfRange) { try FollowUp(isAsked: true, score: nil, reopenings: 0).rate(score: score, text: "") }
  }

  @Test func anAnswerIsGivenOnceAndOnlyWhenAsked() {
    #expect(throws: FeedbackRefusal.alreadyAnswered) { try FollowUp(isAsked: true, score: 4, reopenings: 0).rate(score: 1, text: "") }
    #expect(throws: FeedbackRefusal.notAsked) { try FollowUp(isAsked: false, score: nil, reopenings: 0).rate(score: 1, text: "") }
    #expect(throws: FeedbackRefusal.textTooLong) {
      try FollowUp(isAsked: true, score: nil, reopenings: 0).rate(score: 1, text: String(repeating: "好", count: 1_001))
    }
  }

  @Test(arguments: MilestoneKind.allCases) func everyMilestoneSpeaksBothLanguages(kind: MilestoneKind) {
    let text = MilestoneText(kind, number: "171231-000001-8", department: DepartmentName(code: "BOS"), reason: Words("不在本市范围", ""))
    #expect(text.chinese.unicodeScalars.contains { (0x4e00...0x9fff).contains($0.value) })
    #expect(text.english.contains { $0.isASCII && $0.isLetter })
  }

  @Test func aRejectedReporterIsToldWhy() {
    let text = MilestoneText(.rejected, number: "", reason: Words("重复投诉", ""))
    #expect(text.chinese.contains("重复投诉") && text.english.contains("重复投诉"))
    #expect(MilestoneText(.rejected, number: "", reason: Words("重复投诉", "reported twice")).english.contains("reported twice"))
  }

  @Test(arguments: [
    (Words("环卫局", "Sanitation"), "已派遣至环卫局处置。", "It has been sent to Sanitation."),
    (Words("环卫局", ""), "已派遣至环卫局处置。", "It has been sent to 环卫局."),
    (Words("", ""), "已派遣至BOS处置。", "It has been sent to BOS."),
  ]) func aDepartmentIsToldByItsName(given: Words, chinese: String, english: String) {
    let text = MilestoneText(.dispatched, number: "", department: DepartmentName(code: "BOS", given: given))
    #expect(text.chinese == chinese && text.english == english)
  }

  @Test func anUnknownDepartmentIsNotNamed() {
    #expect(MilestoneText(.handled, number: "").chinese == "责任部门报告已处置完成，等待核查。")
  }

  @Test(arguments: FeedbackRefusal.allCases) func refusalsHaveCodesOfTheirOwn(refusal: FeedbackRefusal) {
    #expect(refusal.code.hasPrefix("feedback."))
    #expect(FeedbackRefusal.allCases.filter { $0.code == refusal.code }.count == 1)
  }
}

@Suite struct MaskingTests {
  @Test(arguments: [
    ("13812341234", "138****1234"), ("+8613812341234", "+86*******1234"), ("12345", "***45"), ("110", "***"), ("", ""),
  ]) func phones(whole: String, masked: String) {
    #expect(Masking.phone(whole) == masked)
  }

  @Test(arguments: [("王小明", "王**"), ("A", "A**"), ("", "")]) func names(whole: String, masked: String) {
    #expect(Masking.name(whole) == masked)
  }
}
