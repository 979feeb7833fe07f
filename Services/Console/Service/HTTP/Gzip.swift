internal import CZlib

/// gzip (RFC 1952), by zlib.
enum Gzip {
  enum Effort: Int32 {
    /// While somebody waits.
    case quick = 4
    /// Once, at the start.
    case thorough = 9
  }

  /// Nil when it would not get smaller. Blocking.
  static func compress(_ bytes: [UInt8], _ effort: Effort) -> [UInt8]? {
    var stream = z_stream()
    // 15 bits of window, and 16 for gzip's head and checksum instead of zlib's.
    let begun = deflateInit2_(
      &stream, effort.rawValue, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
    guard begun == Z_OK, let length = UInt32(exactly: bytes.count) else { return nil }
    defer { deflateEnd(&stream) }
    var isWhole = false
    let result = [UInt8](unsafeUninitializedCapacity: bytes.count) { out, count in
      bytes.withUnsafeBufferPointer { given in
        stream.next_in = UnsafeMutablePointer(mutating: given.baseAddress)
        stream.avail_in = length
        stream.next_out = out.baseAddress
        stream.avail_out = length
        isWhole = deflate(&stream, Z_FINISH) == Z_STREAM_END
      }
      count = out.count - Int(stream.avail_out)
    }
    return isWhole && result.count < bytes.count ? result : nil
  }
}
