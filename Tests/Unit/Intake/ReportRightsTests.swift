import IntakeDomain
import Testing

@Suite struct ReportRightsTests {
  @Test func anAccountConfinedToADistrict() throws {
    try ReportRights.check("D1", mayTouch: "D1")
    try ReportRights.check("D1", mayTouch: "")
    try ReportRights.check("", mayTouch: "D2")
    #expect(throws: Refusal.otherDistrict("D2")) { try ReportRights.check("D1", mayTouch: "D2") }
  }

  @Test func whatCitizensLeaveToOthers() {
    #expect(Submission().isAsCitizensMakeThem)
    for change in [{ $0.urgent = true }, { $0.ownerCrew = "一班" }, { $0.externalRef = "1" }, { $0.keepSeparate = true }]
      as [(inout Submission) -> Void]
    {
      var submission = Submission()
      change(&submission)
      #expect(!submission.isAsCitizensMakeThem)
    }
  }
}
