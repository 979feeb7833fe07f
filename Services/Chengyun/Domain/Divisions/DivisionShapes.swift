/// A division of a GeoJSON file, its polygons as OGC well-known binary.
public struct DivisionShape: Sendable, Hashable {
  public let tier: DivisionTier
  public let code: String
  public let name: String
  /// Little endian MultiPolygon, WGS 84.
  public let wkb: [UInt8]
}

extension DivisionFile {
  /// Reads a GeoJSON FeatureCollection (RFC 7946). Features that share a code become one division of several polygons.
  public func shapes(of bytes: [UInt8]) throws(MappingError) -> [DivisionShape] {
    let root: JSONNode
    do throws(JSONSyntaxError) {
      root = try JSONParser.parse(bytes)
    } catch {
      throw failure("\(file) is not JSON: \(error)")
    }
    guard let features = root["features"]?.array else { throw failure("\(file) is no FeatureCollection") }
    var order: [String] = []
    var names: [String: String] = [:]
    var polygons: [String: [[[GeoPosition]]]] = [:]
    for feature in features {
      let code = try property(codeProperty, of: feature)
      if polygons[code] == nil {
        order.append(code)
        names[code] = try property(nameProperty, of: feature)
      }
      polygons[code, default: []] += try self.polygons(of: feature)
    }
    guard !order.isEmpty else { throw failure("\(file) holds no feature") }
    return order.map { DivisionShape(tier: tier, code: $0, name: names[$0]!, wkb: wellKnownBinary(polygons[$0]!)) }
  }

  private func property(_ name: String, of feature: JSONNode) throws(MappingError) -> String {
    let node = feature["properties"]?[name]
    if let text = node?.string, !text.isEmpty { return text }
    if let number = node?.number { return JSONText.number(number).rendered().filter { $0 != "\n" } }
    throw failure("\(file), line \(feature.line): a feature has no property \"\(name)\"")
  }

  private func polygons(of feature: JSONNode) throws(MappingError) -> [[[GeoPosition]]] {
    let geometry = feature["geometry"]
    let coordinates = geometry?["coordinates"]?.array ?? []
    switch geometry?["type"]?.string {
    case "Polygon": return [try rings(coordinates, feature)]
    case "MultiPolygon":
      var polygons: [[[GeoPosition]]] = []
      for polygon in coordinates { polygons.append(try rings(polygon.array ?? [], feature)) }
      return polygons
    default: throw failure("\(file), line \(feature.line): a feature is neither a Polygon nor a MultiPolygon")
    }
  }

  private func rings(_ nodes: [JSONNode], _ feature: JSONNode) throws(MappingError) -> [[GeoPosition]] {
    var rings: [[GeoPosition]] = []
    for node in nodes {
      var ring = (node.array ?? []).compactMap { position -> GeoPosition? in
        guard let pair = position.array, pair.count >= 2, let x = pair[0].number, let y = pair[1].number else { return nil }
        return GeoPosition(x: x, y: y)
      }
      if let first = ring.first, ring.last != first { ring.append(first) }
      guard ring.count >= 4, ring.count >= (node.array?.count ?? 0) else {
        throw failure("\(file), line \(feature.line): a ring is not closed or has a position that is no pair of numbers")
      }
      rings.append(ring)
    }
    guard !rings.isEmpty else { throw failure("\(file), line \(feature.line): a polygon has no ring") }
    return rings
  }

  private func failure(_ message: String) -> MappingError {
    MappingError([MappingFault(line: line, field: "divisions", message: message)])
  }
}

struct GeoPosition: Hashable {
  let x, y: Double
}

/// OGC 06-103r4 §8: byte order, type, count, then the parts.
func wellKnownBinary(_ polygons: [[[GeoPosition]]]) -> [UInt8] {
  var bytes: [UInt8] = []
  func append(_ number: UInt32) { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
  func append(_ number: Double) { withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
  func header(_ type: UInt32, _ count: Int) {
    bytes.append(1)
    append(type)
    append(UInt32(count))
  }
  header(6, polygons.count)
  for rings in polygons {
    header(3, rings.count)
    for ring in rings {
      append(UInt32(ring.count))
      for position in ring {
        append(position.x)
        append(position.y)
      }
    }
  }
  return bytes
}
