internal import CNghttp2
internal import Glibc

/// Header fields that are made for one call. nghttp2 copies them.
struct HeaderFields {
  /// A status's message as it travels, at most: 4 KiB, the rest is cut. It may quote what a caller sent; headers beyond 64 KiB are dropped
  /// by HTTP/2's library without a word, so that the call would never end, and peers refuse them earlier (`Limits.maxHeaderBytes`).
  static let maxStatusMessageBytes = 4 << 10

  private var bytes: [UInt8] = []
  private var lengths: [(name: Int, value: Int)] = []

  mutating func add(_ name: some Collection<UInt8>, _ value: some Collection<UInt8>) {
    bytes.append(contentsOf: name)
    bytes.append(contentsOf: value)
    lengths.append((name.count, value.count))
  }

  mutating func add(_ name: StaticString, _ value: some Collection<UInt8>) {
    add(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
  }

  mutating func add(_ metadata: Metadata) {
    for entry in metadata.entries {
      switch entry.value {
      case .text(let text): add(entry.name.utf8, text.utf8)
      case .bytes(let value): add(entry.name.utf8, Base64.encode(value))
      }
    }
  }

  /// `grpc-status`, `grpc-message` and the custom trailers; nil is OK.
  mutating func add(status: RPCError?) {
    add("grpc-status", "\(status?.code.rawValue ?? 0)".utf8)
    guard let status else { return }
    if !status.message.isEmpty { add("grpc-message", PercentEncoding.encode(status.message, limit: Self.maxStatusMessageBytes)) }
    add(status.metadata)
  }

  /// `fixed` fields first, then these.
  func withFields<Result>(
    after fixed: UnsafeBufferPointer<nghttp2_nv> = UnsafeBufferPointer(start: nil, count: 0),
    _ body: (UnsafePointer<nghttp2_nv>, Int) -> Result
  ) -> Result {
    bytes.withUnsafeBufferPointer { buffer in
      withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: fixed.count + lengths.count + 1) { fields in
        for index in 0..<fixed.count { fields[index] = fixed[index] }
        var place = UnsafeMutablePointer(mutating: buffer.baseAddress)
        for (index, length) in lengths.enumerated() {
          let value = place?.advanced(by: length.name)
          fields[fixed.count + index] = nghttp2_nv(
            name: place, value: value, namelen: length.name, valuelen: length.value, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
          place = value?.advanced(by: length.value)
        }
        return body(fields.baseAddress!, fixed.count + lengths.count)
      }
    }
  }
}

/// Header fields that never change: nghttp2 is told to point at them rather than copy.
enum StaticFields {
  // `nonisolated(unsafe)`: made once, never changed.
  nonisolated(unsafe) static let response = make([(":status", "200"), ("content-type", "application/grpc")])
  nonisolated(unsafe) static let trailersOK = make([("grpc-status", "0")])
  nonisolated(unsafe) static let request = make([
    (":method", "POST"), (":scheme", "http"), ("te", "trailers"), ("content-type", "application/grpc"),
    ("user-agent", "grpc-swift-chengyun/0.1"),
  ])
  nonisolated(unsafe) static let secureScheme = make([(":scheme", "https")])

  static func field(_ name: StaticString, _ value: FixedBytes) -> nghttp2_nv {
    nghttp2_nv(
      name: UnsafeMutablePointer(mutating: name.utf8Start), value: value.start, namelen: name.utf8CodeUnitCount, valuelen: value.count,
      flags: borrowed)
  }

  private static let borrowed = UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)

  private static func make(_ pairs: [(StaticString, StaticString)]) -> UnsafeBufferPointer<nghttp2_nv> {
    let fields = UnsafeMutableBufferPointer<nghttp2_nv>.allocate(capacity: pairs.count)
    for (index, pair) in pairs.enumerated() {
      fields.initializeElement(
        at: index,
        to: nghttp2_nv(
          name: UnsafeMutablePointer(mutating: pair.0.utf8Start), value: UnsafeMutablePointer(mutating: pair.1.utf8Start),
          namelen: pair.0.utf8CodeUnitCount, valuelen: pair.1.utf8CodeUnitCount, flags: borrowed))
    }
    return UnsafeBufferPointer(fields)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Byte by byte.
  @inline(__always)
  func equals(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && starts(with: text)
  }

  @inline(__always)
  func starts(with text: StaticString) -> Bool {
    guard let baseAddress, count >= text.utf8CodeUnitCount else { return text.utf8CodeUnitCount == 0 }
    return memcmp(baseAddress, text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  @inline(__always)
  func equals(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let baseAddress, let otherBase = other.baseAddress else { return count == other.count }
    return count == other.count && memcmp(baseAddress, otherBase, count) == 0
  }
}
