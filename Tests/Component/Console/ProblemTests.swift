import ConsoleDomain
import RPC
import Testing

@testable import ConsoleService

@Suite struct ProblemTests {
  @Test(arguments: [
    ("没有这个案卷。 There is no such case.", "没有这个案卷。", "There is no such case."),
    ("先这样。再那样。 First this. Then that.", "先这样。再那样。", "First this. Then that."),
    ("Only English.", "Only English.", "Only English."), ("只有中文。", "只有中文。", "只有中文。"), ("", "", ""),
  ])
  func sentencesAreTakenApart(message: String, chinese: String, english: String) {
    let found = Problem.languages(of: message)
    #expect(found.chinese == chinese && found.english == english)
  }

  @Test(arguments: [
    (StatusCode.invalidArgument, 400), (.unauthenticated, 401), (.permissionDenied, 403), (.notFound, 404), (.alreadyExists, 409),
    (.aborted, 409), (.failedPrecondition, 409), (.resourceExhausted, 429), (.unavailable, 503), (.deadlineExceeded, 504), (.internal, 500),
  ])
  func statusesBecomeHTTPs(code: StatusCode, status: Int) {
    #expect(Problem(RPCError(code, "x")).status == status)
  }

  @Test func aRefusalKeepsItsCode() {
    var metadata = Metadata()
    metadata.append("refusal-code", "case.not_in_state")
    #expect(Problem(RPCError(code: .failedPrecondition, message: "不行。 No.", metadata: metadata)).code == "case.not_in_state")
    metadata = Metadata()
    metadata.append("refusal-code", "throttled")
    metadata.append("retry-after-seconds", "30")
    let throttled = Problem(RPCError(code: .resourceExhausted, message: "", metadata: metadata))
    #expect(throttled.retryAfterSeconds == 30 && throttled.code == "throttled")
  }
}
