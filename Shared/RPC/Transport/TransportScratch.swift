internal import Reactor

/// Buffers that the connections of a reactor share: between turns there is nothing in them.
final class TransportScratch {
  /// nghttp2's largest DATA frame with our settings, and its largest header block.
  static let largestFrame = 128 << 10

  static let shared = ReactorLocal<TransportScratch> { _ in TransportScratch() }

  let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 << 10, alignment: 16)

  deinit {
    input.deallocate()
    output.deallocate()
  }
}
