/// Writes a Mapbox vector tile (specification 2.1) with one layer of points, all of them with the same properties: Protocol Buffers by
/// hand, since the whole of it is a dozen fields.
struct PointTileWriter {
  /// Units along the side of a tile.
  static let extent: Int32 = 4_096

  enum Value: Hashable {
    case text(String)
    case number(UInt64)
    case flag(Bool)
  }

  /// The specification's field numbers.
  private enum Field {
    static let tileLayers: UInt64 = 3
    static let layerName: UInt64 = 1
    static let layerFeatures: UInt64 = 2
    static let layerKeys: UInt64 = 3
    static let layerValues: UInt64 = 4
    static let layerExtent: UInt64 = 5
    static let layerVersion: UInt64 = 15
    static let featureTags: UInt64 = 2
    static let featureType: UInt64 = 3
    static let featureGeometry: UInt64 = 4
    static let valueText: UInt64 = 1
    static let valueNumber: UInt64 = 5
    static let valueFlag: UInt64 = 7
  }

  private static let pointType: UInt64 = 1
  /// One MoveTo.
  private static let moveTo: UInt64 = 9
  private static let version: UInt64 = 2

  private var layer: [UInt8] = []
  private let keys: [String]
  private var values: [UInt8] = []
  private var valueCount: UInt32 = 0
  private var known: [Value: UInt32] = [:]
  private var feature: [UInt8] = []
  private var packed: [UInt8] = []

  init(layer name: String, keys: [String]) {
    self.keys = keys
    layer.put(Field.layerName, text: name)
  }

  /// The number that stands for a value that occurs more than once.
  mutating func value(_ value: Value) -> UInt32 {
    if let number = known[value] { return number }
    let number = unique(value)
    known[value] = number
    return number
  }

  /// The number that stands for a value that occurs once.
  mutating func unique(_ value: Value) -> UInt32 {
    var bytes: [UInt8] = []
    switch value {
    case .text(let text): bytes.put(Field.valueText, text: text)
    case .number(let number): bytes.put(Field.valueNumber, number: number)
    case .flag(let flag): bytes.put(Field.valueFlag, number: flag ? 1 : 0)
    }
    values.put(Field.layerValues, bytes: bytes)
    defer { valueCount += 1 }
    return valueCount
  }

  /// - Parameter values: one for each key.
  mutating func add(at position: (x: Int32, y: Int32), values: [UInt32]) {
    feature.removeAll(keepingCapacity: true)
    packed.removeAll(keepingCapacity: true)
    for (key, value) in values.enumerated() {
      packed.put(varint: UInt64(key))
      packed.put(varint: UInt64(value))
    }
    feature.put(Field.featureTags, bytes: packed)
    feature.put(Field.featureType, number: Self.pointType)
    packed.removeAll(keepingCapacity: true)
    packed.put(varint: Self.moveTo)
    packed.put(varint: UInt64(Self.zigzag(position.x)))
    packed.put(varint: UInt64(Self.zigzag(position.y)))
    feature.put(Field.featureGeometry, bytes: packed)
    layer.put(Field.layerFeatures, bytes: feature)
  }

  consuming func finished() -> [UInt8] {
    for key in keys { layer.put(Field.layerKeys, text: key) }
    layer += values
    layer.put(Field.layerExtent, number: UInt64(Self.extent))
    layer.put(Field.layerVersion, number: Self.version)
    var tile: [UInt8] = []
    tile.put(Field.tileLayers, bytes: layer)
    return tile
  }

  private static func zigzag(_ number: Int32) -> UInt32 { UInt32(bitPattern: number << 1 ^ number >> 31) }
}

extension [UInt8] {
  fileprivate mutating func put(varint number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  fileprivate mutating func put(_ field: UInt64, number: UInt64) {
    put(varint: field << 3)
    put(varint: number)
  }

  fileprivate mutating func put(_ field: UInt64, bytes: [UInt8]) {
    put(varint: field << 3 | 2)
    put(varint: UInt64(bytes.count))
    self += bytes
  }

  fileprivate mutating func put(_ field: UInt64, text: String) {
    put(varint: field << 3 | 2)
    put(varint: UInt64(text.utf8.count))
    self += text.utf8
  }
}
