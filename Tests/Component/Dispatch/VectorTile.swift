/// A Mapbox vector tile (specification 2.1) of points, as a map library reads it.
struct VectorTile {
  struct Feature {
    var values: [String: Value] = [:]
    var x = 0
    var y = 0
  }

  enum Value: Hashable {
    case text(String)
    case number(UInt64)
    case flag(Bool)

    var asNumber: UInt64? {
      if case .number(let number) = self { number } else { nil }
    }
  }

  private(set) var layer = ""
  private(set) var version: UInt64 = 0
  private(set) var extent: UInt64 = 0
  private(set) var features: [Feature] = []

  init(_ bytes: [UInt8]) throws {
    for case (3, .bytes(let layer)) in try Self.fields(bytes[...]) { try read(layer: layer) }
  }

  private mutating func read(layer: ArraySlice<UInt8>) throws {
    var (keys, values, features) = ([String](), [Value](), [ArraySlice<UInt8>]())
    for field in try Self.fields(layer) {
      switch field {
      case (1, .bytes(let name)): self.layer = String(decoding: name, as: UTF8.self)
      case (2, .bytes(let feature)): features.append(feature)
      case (3, .bytes(let key)): keys.append(String(decoding: key, as: UTF8.self))
      case (4, .bytes(let value)): values.append(try Self.value(value))
      case (5, .number(let extent)): self.extent = extent
      case (15, .number(let version)): self.version = version
      default: throw Unexpected()
      }
    }
    for bytes in features { self.features.append(try Self.feature(bytes, keys, values)) }
  }

  private static func feature(_ bytes: ArraySlice<UInt8>, _ keys: [String], _ values: [Value]) throws -> Feature {
    var feature = Feature()
    for field in try fields(bytes) {
      switch field {
      case (2, .bytes(let tags)):
        let tags = try numbers(tags)
        for at in stride(from: 0, to: tags.count, by: 2) { feature.values[keys[Int(tags[at])]] = values[Int(tags[at + 1])] }
      case (3, .number(let type)): guard type == 1 else { throw Unexpected() }
      case (4, .bytes(let geometry)):
        let numbers = try numbers(geometry)
        guard numbers.count == 3, numbers[0] == 9 else { throw Unexpected() }
        (feature.x, feature.y) = (signed(numbers[1]), signed(numbers[2]))
      default: throw Unexpected()
      }
    }
    return feature
  }

  private static func signed(_ number: UInt64) -> Int { Int(number >> 1) ^ -Int(number & 1) }

  private static func value(_ bytes: ArraySlice<UInt8>) throws -> Value {
    guard let field = try fields(bytes).first else { throw Unexpected() }
    switch field {
    case (1, .bytes(let text)): return .text(String(decoding: text, as: UTF8.self))
    case (4, .number(let number)), (5, .number(let number)): return .number(number)
    case (6, .number(let number)): return .number(number >> 1)
    case (7, .number(let flag)): return .flag(flag != 0)
    default: throw Unexpected()
    }
  }

  // MARK: Protocol Buffers

  private enum Wire {
    case number(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private static func fields(_ bytes: ArraySlice<UInt8>) throws -> [(UInt64, Wire)] {
    var (rest, fields) = (bytes, [(UInt64, Wire)]())
    while !rest.isEmpty {
      let tag = try varint(&rest)
      switch tag & 7 {
      case 0: fields.append((tag >> 3, .number(try varint(&rest))))
      case 2:
        let length = Int(try varint(&rest))
        guard rest.count >= length else { throw Unexpected() }
        fields.append((tag >> 3, .bytes(rest.prefix(length))))
        rest = rest.dropFirst(length)
      default: throw Unexpected()
      }
    }
    return fields
  }

  private static func numbers(_ bytes: ArraySlice<UInt8>) throws -> [UInt64] {
    var (rest, numbers) = (bytes, [UInt64]())
    while !rest.isEmpty { numbers.append(try varint(&rest)) }
    return numbers
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
    var (number, shift): (UInt64, UInt64) = (0, 0)
    while let byte = rest.popFirst() {
      number |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return number }
      shift += 7
    }
    throw Unexpected()
  }
}
