internal import CityModel
internal import CommonAPI
internal import ConsoleDomain
internal import DispatchAPI
internal import IntakeAPI

/// Names of codes, and the divisions' shapes.
enum DirectoryEndpoints {
  /// How far a drawn border may be off, in degrees: about 20 m, less than a pixel of a city's map.
  private static let tolerance = 0.0002

  static let all = [
    Endpoint(
      .init(
        .get, "/api/divisions", tag: "directory", "The divisions of a tier as GeoJSON, simplified for display", access: .anyone,
        rate: .visitor,
        parameters: [
          .init("tier", .choice(Codes.names(Codes.tiers)), required: true), .init("parent", Parameters.code), .init("geometry", .flag),
        ], answer: .json(.anything))
    ) { exchange in try await divisions(exchange) },
    Endpoint(
      .init(
        .get, "/api/departments", tag: "directory", "Departments with their crews", access: .signedIn,
        answer: .json(.object([.init("departments", .list(.anything, max: 10_000), required: true)])))
    ) { exchange in
      let all = try await exchange.console.directory.departments(exchange.options)
      return .json(["departments": .array(all.map { JSON(department: $0) })])
    },
    Endpoint(
      .init(
        .get, "/api/kinds", tag: "directory", "The kinds of cases", access: .signedIn,
        answer: .json(.object([.init("kinds", .list(.anything, max: 10_000), required: true)])))
    ) { exchange in .json(["kinds": .array(try await exchange.console.directory.kinds(exchange.options).map { JSON(kind: $0) })]) },
    Endpoint(
      .init(
        .get, "/api/locate", tag: "directory", "Which divisions hold a point", access: .roles(Roles.work),
        parameters: [.init("lon", .number(-180...180), required: true), .init("lat", .number(-90...90), required: true)],
        answer: .json(.anything))
    ) { exchange in try await locate(exchange) },
  ]

  private static func divisions(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let withGeometry = values.text("geometry").isEmpty || values.flag("geometry")
    let request = ListDivisionsRequest(
      tier: Codes.value(values.text("tier"), Codes.tiers) ?? .district, withGeometry: withGeometry,
      toleranceDeg: withGeometry ? tolerance : 0, parentCode: values.text("parent"))
    let found = try await exchange.services.intake.listDivisions(request, exchange.options).divisions
    var answer = Answer.json(["type": "FeatureCollection", "features": .array(found.map { JSON(division: $0) })])
    answer.headers = [("Cache-Control", "private, max-age=300")]
    answer.mayBeCompressed = true
    return answer
  }

  static func locate(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let request = LocatePointRequest(
      point: .init(longitude: Double(values.text("lon")) ?? 0, latitude: Double(values.text("lat")) ?? 0))
    let response = try await exchange.services.intake.locatePoint(request, exchange.options)
    return .json([
      "divisions": .array(
        response.divisions.map {
          ["tier": .string(Codes.name($0.tier, Codes.tiers)), "code": .string($0.code), "name": .string($0.name)]
        }),
      "unplaced_reason": JSON(response.unplacedReason), "unplaced_reason_en": JSON(response.unplacedReasonEn),
    ])
  }
}

extension JSON {
  init(department: Department) {
    self = [
      "code": .string(department.code), "name": .string(department.name), "name_en": JSON(department.nameEn),
      "crews": .array(department.crews.map { ["code": .string($0.code), "name": .string($0.name)] }),
    ]
  }

  init(kind: Code) {
    self = [
      "code": .string(kind.code), "name": .string(kind.name), "name_en": JSON(kind.nameEn), "parent": JSON(kind.parent),
    ]
  }

  /// A GeoJSON feature; a shape that cannot be read is left out.
  init(division: Division) {
    var geometry = JSON.null
    if !division.geometryWkb.isEmpty, let shape = try? MultiPolygon(wkb: division.geometryWkb) {
      geometry = [
        "type": "MultiPolygon", "coordinates": .array(shape.polygons.map { .array($0.map(JSON.init(ring:))) }),
      ]
    }
    self = [
      "type": "Feature", "id": .string(division.code), "geometry": geometry,
      "properties": [
        "code": .string(division.code), "name": .string(division.name), "name_en": .string(division.name),
        "parent": JSON(division.parentCode), "tier": .string(Codes.name(division.tier, Codes.tiers)),
      ],
    ]
  }

  /// Five decimals of a degree are a metre.
  private init(ring: MultiPolygon.Ring) {
    func rounded(_ degrees: Double) -> JSON { .number((degrees * 100_000).rounded() / 100_000) }
    var points = ring.map { JSON.array([rounded($0.longitude), rounded($0.latitude)]) }
    if let first = points.first, points.last != first { points.append(first) }
    self = .array(points)
  }
}
