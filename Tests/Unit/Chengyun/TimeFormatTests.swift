import CityModel
import Testing

@testable import ChengyunDomain

@Suite("Times of sources")
struct TimeFormatTests {
  private let losAngeles: CityTimeZone

  init() throws { losAngeles = try CityTimeZone(name: "America/Los_Angeles") }

  @Test(arguments: [
    ("MM/dd/yyyy hh:mm:ss a", "12/31/2017 11:59:58 PM", "2018-01-01T07:59:58Z"),
    ("MM/dd/yyyy hh:mm:ss a", "12/31/2017 12:00:00 AM", "2017-12-31T08:00:00Z"),
    ("MM/dd/yyyy hh:mm:ss a", "12/31/2017 12:00:00 pm", "2017-12-31T20:00:00Z"),
    ("M/d/yy H:mm", "7/4/17 9:05", "2017-07-04T16:05:00Z"),
    ("yyyy-MM-dd'T'HH:mm:ss.SZ", "2017-07-04T09:05:00.25+08:00", "2017-07-04T01:05:00.250000Z"),
    ("iso8601", "2017-07-04T09:05:00Z", "2017-07-04T09:05:00Z"),
    ("iso8601", "2017-07-04 09:05", "2017-07-04T16:05:00Z"),
    ("iso8601", "2017-07-04", "2017-07-04T07:00:00Z"),
    ("epoch_seconds", "1499160000", "2017-07-04T09:20:00Z"),
    ("epoch_milliseconds", "1499160000500", "2017-07-04T09:20:00.500000Z"),
    ("yyyy'年'M'月'd'日' HH:mm", "2017年7月4日 09:05", "2017-07-04T16:05:00Z"),
  ])
  func reads(_ pattern: String, _ text: String, _ expected: String) throws {
    #expect("\(try TimeFormat(pattern).parse(text).instant(in: losAngeles))" == expected)
  }

  @Test(arguments: [
    ("MM/dd/yyyy hh:mm:ss a", "13/31/2017 11:59:58 PM"), ("MM/dd/yyyy hh:mm:ss a", "02/29/2017 11:59:58 PM"),
    ("MM/dd/yyyy hh:mm:ss a", "12/31/2017 13:00:00 PM"), ("MM/dd/yyyy", "12/31/2017 "), ("MM/dd/yyyy", "12-31-2017"),
    ("iso8601", "yesterday"), ("epoch_seconds", "soon"), ("yyyy-MM-dd HH:mm", "2017-01-01 24:00"),
  ])
  func refuses(_ pattern: String, _ text: String) throws {
    let format = try TimeFormat(pattern)
    #expect(throws: TimeFormatError.self) { try format.parse(text) }
  }

  @Test(arguments: ["", "HH:mm", "yyyy-MM-dd hh:mm", "yyyy-MM-dd Q", "yyyy-MM-dd 'open", "yyyy-yyyy-MM-dd"])
  func refusesPatterns(_ pattern: String) {
    #expect(throws: TimeFormatError.self) { try TimeFormat(pattern) }
  }

  @Test func endOfDayIsTheLastMicrosecondAlsoWhenClocksChange() throws {
    let format = try TimeFormat("MM/dd/yyyy")
    #expect("\(try format.parse("12/31/2017").endOfDay(in: losAngeles))" == "2018-01-01T07:59:59.999999Z")
    #expect("\(try format.parse("11/05/2017").endOfDay(in: losAngeles))" == "2017-11-06T07:59:59.999999Z")
    #expect("\(try format.parse("03/12/2017").endOfDay(in: losAngeles))" == "2017-03-13T06:59:59.999999Z")
  }
}
