import CityModel
import DispatchDomain
import Testing

@Suite struct ResponsibilityMatrixTests {
  let place = Place(districtCode: "D1", streetCode: "S1")
  /// From the most exact to the least.
  static let ladder = [
    Responsibility(kind: "k", area: "S1", department: "1"), Responsibility(kind: "k", area: "D1", department: "2"),
    Responsibility(kind: "k", area: "", department: "3"), Responsibility(kind: "", area: "S1", department: "4"),
    Responsibility(kind: "", area: "D1", department: "5"), Responsibility(kind: "", area: "", department: "6"),
  ]

  @Test(arguments: 0..<6) func `the most exact entry wins, the others are alternatives in order`(first: Int) throws {
    let entries = Array(Self.ladder[first...])
    let matrix = ResponsibilityMatrix(version: "v", entries.shuffled())
    let match = try #require(matrix.match(kind: "k", place: place))
    #expect(match.winner == entries[0])
    #expect(match.alternatives == Array(entries.dropFirst()))
  }

  @Test func `ties go by department, then crew, in whatever order they were given`() throws {
    let entries = [
      Responsibility(kind: "k", area: "", department: "b", crew: "1"), Responsibility(kind: "k", area: "", department: "a", crew: "2"),
      Responsibility(kind: "k", area: "", department: "a", crew: "1"),
    ]
    for _ in 0..<10 {
      let match = ResponsibilityMatrix(version: "v", entries.shuffled()).match(kind: "k", place: place)
      #expect(match?.winner == entries[2])
      #expect(match?.alternatives == [entries[1], entries[0]])
    }
  }

  @Test func `an unplaced case finds only entries for any area`() {
    let matrix = ResponsibilityMatrix(version: "v", Self.ladder)
    #expect(matrix.match(kind: "k", place: Place())?.winner == Self.ladder[2])
    #expect(ResponsibilityMatrix(version: "v", [Self.ladder[0]]).match(kind: "k", place: Place()) == nil)
    #expect(ResponsibilityMatrix.empty.match(kind: "k", place: place) == nil)
  }
}
