/// OGC well-known binary (ISO 19125-1): Polygon and MultiPolygon, either byte order, with or without PostGIS's SRID.
extension MultiPolygon {
  public init(wkb bytes: [UInt8]) throws(WellKnownBinaryError) {
    var reader = WellKnownBinaryReader(bytes: bytes)
    let type = try reader.header()
    switch type {
    case WellKnownBinaryReader.polygon:
      self.init(polygons: [try reader.polygonBody()])
    case WellKnownBinaryReader.multiPolygon:
      let count = try reader.count(minimumBytesEach: 9)
      var polygons: [[Ring]] = []
      for _ in 0..<count {
        guard try reader.header() == WellKnownBinaryReader.polygon else { throw .notAnArea }
        polygons.append(try reader.polygonBody())
      }
      self.init(polygons: polygons)
    default: throw .notAnArea
    }
    guard reader.position == bytes.count else { throw .trailingBytes }
  }

  /// Little endian MultiPolygon without SRID; open rings are closed.
  public var wkb: [UInt8] {
    var bytes: [UInt8] = []
    func append(_ number: UInt32) { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
    func append(_ number: Double) { withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
    bytes.append(1)
    append(WellKnownBinaryReader.multiPolygon)
    append(UInt32(polygons.count))
    for polygon in polygons {
      bytes.append(1)
      append(WellKnownBinaryReader.polygon)
      append(UInt32(polygon.count))
      for ring in polygon {
        let closed = ring.first == ring.last ? ring : ring + ring.prefix(1)
        append(UInt32(closed.count))
        for point in closed {
          append(point.longitude)
          append(point.latitude)
        }
      }
    }
    return bytes
  }
}

public enum WellKnownBinaryError: Error, Sendable, Hashable, CustomStringConvertible {
  case truncated
  case trailingBytes
  case notAnArea
  case notANumber

  public var description: String {
    switch self {
    case .truncated: "the geometry ends early"
    case .trailingBytes: "bytes follow the geometry"
    case .notAnArea: "the geometry is neither a Polygon nor a MultiPolygon with two dimensions"
    case .notANumber: "a coordinate of the geometry is not a longitude and latitude in degrees"
    }
  }
}

private struct WellKnownBinaryReader {
  static let polygon: UInt32 = 3
  static let multiPolygon: UInt32 = 6

  let bytes: [UInt8]
  private(set) var position = 0
  private var isLittleEndian = true

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Byte order and type; an SRID is read over.
  mutating func header() throws(WellKnownBinaryError) -> UInt32 {
    guard position < bytes.count, bytes[position] <= 1 else { throw .truncated }
    isLittleEndian = bytes[position] == 1
    position += 1
    let type = try integer()
    let sridFlag: UInt32 = 0x2000_0000
    if type & sridFlag != 0 { _ = try integer() }
    return type & ~sridFlag
  }

  mutating func polygonBody() throws(WellKnownBinaryError) -> [MultiPolygon.Ring] {
    let count = try count(minimumBytesEach: 4)
    var rings: [MultiPolygon.Ring] = []
    for _ in 0..<count {
      let points = try self.count(minimumBytesEach: 16)
      var ring: MultiPolygon.Ring = []
      ring.reserveCapacity(points)
      for _ in 0..<points {
        let point = GeoPoint(longitude: try double(), latitude: try double())
        guard abs(point.longitude) <= 180, abs(point.latitude) <= 90 else { throw .notANumber }
        ring.append(point)
      }
      rings.append(ring)
    }
    return rings
  }

  /// A count that the remaining bytes can hold.
  mutating func count(minimumBytesEach: Int) throws(WellKnownBinaryError) -> Int {
    let count = Int(try integer())
    guard count <= (bytes.count - position) / minimumBytesEach else { throw .truncated }
    return count
  }

  private mutating func integer() throws(WellKnownBinaryError) -> UInt32 {
    guard bytes.count - position >= 4 else { throw .truncated }
    let raw = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: UInt32.self) }
    position += 4
    return isLittleEndian ? UInt32(littleEndian: raw) : UInt32(bigEndian: raw)
  }

  private mutating func double() throws(WellKnownBinaryError) -> Double {
    guard bytes.count - position >= 8 else { throw .truncated }
    let raw = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: UInt64.self) }
    position += 8
    return Double(bitPattern: isLittleEndian ? UInt64(littleEndian: raw) : UInt64(bigEndian: raw))
  }
}
