import ConsoleDomain
import Testing

@Suite struct RateLimiterTests {
  @Test func aBurstThenASteadyRate() {
    var limiter = RateLimiter(burst: 3, perSecond: 0.5)
    for _ in 0..<3 { #expect(limiter.take("a", atMicroseconds: 0) == nil) }
    #expect(limiter.take("a", atMicroseconds: 0) == 2)
    #expect(limiter.take("b", atMicroseconds: 0) == nil, "another caller has its own bucket")
    #expect(limiter.take("a", atMicroseconds: 1_000_000) == 1)
    #expect(limiter.take("a", atMicroseconds: 2_000_000) == nil)
    #expect(limiter.take("a", atMicroseconds: 2_000_000) != nil)
  }

  @Test func theClockMayGoBack() {
    var limiter = RateLimiter(burst: 1, perSecond: 1)
    #expect(limiter.take("a", atMicroseconds: 5_000_000) == nil)
    #expect(limiter.take("a", atMicroseconds: 0) == 1)
    #expect(limiter.take("a", atMicroseconds: 5_500_000) == 1, "the time that was counted is not counted again")
  }

  @Test func callersAreForgottenInTheOrderOfTheirRest() {
    var limiter = RateLimiter(burst: 2, perSecond: 1, callerLimit: 10)
    for _ in 0..<2 { _ = limiter.take("busy", atMicroseconds: 0) }
    for number in 0..<100 { _ = limiter.take("caller \(number)", atMicroseconds: 0) }
    #expect(limiter.callerCount <= 10)
    #expect(limiter.take("busy", atMicroseconds: 0) != nil, "a flood of addresses does not free the one that has used up its tokens")
  }
}
