import CityModel
import Foundation
import IntakeDomain
import Postgres
import TestKit
import Testing

@testable import IntakeService

/// The bundled extract: 15 council districts, 99 neighbourhood councils, 8,246 points with the city's own columns CD and NC.
@Suite(.timeLimit(.minutes(5))) struct LosAngelesTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../../Services/Chengyun/Examples/los-angeles"
  )
  .standardized

  /// The map in memory against PostGIS on every point, and both against the city.
  @Test func placesAsPostGISAndTheCityDo() async throws {
    try await withIntake { intake in
      try await Self.loadDivisions(intake)
      let points = try Self.points()
      #expect(points.count > 8_000)
      let map = intake.book.current.divisions.map
      let oracle = try await Self.covering(points.map(\.point), intake.database)
      var (agreement, inside, differing) = ([0, 0], [0, 0], 0)
      for (index, sample) in points.enumerated() {
        let codes = map.place(sample.point)
        let holders = oracle[index]
        if !holders.agrees(codes) { differing += 1 }
        for (tier, (found, truth)) in [(codes.district, sample.district), (codes.street, sample.street)].enumerated() {
          guard let found, !truth.isEmpty else { continue }
          inside[tier] += 1
          if found == truth { agreement[tier] += 1 }
        }
      }
      #expect(differing == 0, "points that PostGIS places elsewhere")
      #expect(Double(agreement[0]) / Double(inside[0]) >= 0.998, "\(agreement[0]) of \(inside[0]) districts")
      #expect(Double(agreement[1]) / Double(inside[1]) >= 0.991, "\(agreement[1]) of \(inside[1]) neighbourhood councils")
    }
  }

  // MARK: Input

  private static func loadDivisions(_ intake: TestIntake) async throws {
    var divisions: [StoredDivision] = []
    for (file, tier, code) in [
      ("council_districts", DivisionTier.district, "external_id"), ("neighborhood_councils", .street, "nc_id"),
    ] {
      let json = try unzipped("\(file).geojson.gz")
      let rows = try await intake.database.query(
        """
        SELECT feature -> 'properties' ->> \(code), public.ST_AsBinary(public.ST_Multi(public.ST_GeomFromGeoJSON(feature -> 'geometry')))
        FROM jsonb_array_elements(\(json)::text::jsonb -> 'features') WITH ORDINALITY AS f (feature, n) ORDER BY n
        """)
      divisions += try rows.decode(String.self, [UInt8].self).map {
        StoredDivision(tier: tier, code: $0, name: $0, parent: "", area: $1)
      }
    }
    #expect(try await intake.commands.putDivisions(divisions) == 114)
  }

  private struct Sample {
    let point: GeoPoint
    let district: String
    let street: String
  }

  private static func points() throws -> [Sample] {
    let lines = try unzipped("requests_2017-12.csv.gz").split(whereSeparator: \.isNewline)
    let header = fields(lines[0])
    let columns = try ["Latitude", "Longitude", "CD", "NC"].map { try #require(header.firstIndex(of: $0)) }
    return lines.dropFirst().compactMap { line in
      let row = fields(line)
      guard row.count == header.count, let latitude = Double(row[columns[0]]), let longitude = Double(row[columns[1]]) else { return nil }
      return Sample(point: GeoPoint(longitude: longitude, latitude: latitude), district: row[columns[2]], street: row[columns[3]])
    }
  }

  private static func fields(_ line: Substring) -> [String] {
    var (fields, field, quoted): ([String], String, Bool) = ([], "", false)
    for character in line {
      switch character {
      case "\"": quoted.toggle()
      case "," where !quoted:
        fields.append(field)
        field = ""
      case "\u{feff}": continue
      default: field.append(character)
      }
    }
    return fields + [field]
  }

  private static func unzipped(_ name: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", folder.appending(path: name).path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  // MARK: Oracle

  /// What PostGIS says about one point: in the order of listing.
  private struct Holders {
    var districts: [String] = []
    var streets: [String] = []

    func agrees(_ codes: DivisionCodes) -> Bool { districts.first == codes.district && streets.first == codes.street }
  }

  private static func covering(_ points: [GeoPoint], _ database: Database) async throws -> [Holders] {
    let rows = try await database.query(
      """
      SELECT p.n, d.tier, d.code
      FROM unnest(\(points.map(\.longitude)), \(points.map(\.latitude))) WITH ORDINALITY AS p (longitude, latitude, n)
      JOIN divisions d ON public.ST_Covers(d.area, public.ST_SetSRID(public.ST_MakePoint(p.longitude, p.latitude), 4326))
      ORDER BY p.n, d.tier, d.ordinal
      """)
    var holders = [Holders](repeating: Holders(), count: points.count)
    for (n, tier, code) in try rows.decode(Int.self, Int.self, String.self) {
      if tier == Int(DivisionTier.district.rawValue) { holders[n - 1].districts.append(code) } else { holders[n - 1].streets.append(code) }
    }
    return holders
  }
}
