// Known answers: a digest that merely agrees with itself proves nothing.
import Testing

@testable import Cryptography

@Suite struct HashTests {
  /// FIPS 180-4 examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func sha256(text: String, hex: String) {
    #expect(Hash.sha256(Array(text.utf8)) == bytes(hex))
  }

  @Test func piecewiseIsTheSame() {
    var hash = IncrementalSHA256()
    for piece in ["abcdbcdecdefdefgefghfghi", "", "ghijhijkijkljklmklmnlmnomnopnopq"] {
      Array(piece.utf8).withUnsafeBytes { hash.update($0) }
    }
    #expect(hash.finish() == bytes("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"))
  }

  /// RFC 4231, cases 1, 2, 3 and 6.
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      [UInt8](repeating: 0xaa, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func hmac(key: [UInt8], message: [UInt8], hex: String) {
    #expect(Hash.hmacSHA256(key: key, message) == bytes(hex))
  }

  /// RFC 2104 pads the empty key with zeros; the value is widely published.
  @Test func hmacWithEmptyKeyAndMessage() {
    #expect(Hash.hmacSHA256(key: [], []) == bytes("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"))
  }

  @Test func labelsGiveDifferentKeys() {
    let secret = [UInt8](repeating: 7, count: 32)
    #expect(Hash.deriveKey(from: secret, label: "fields") != Hash.deriveKey(from: secret, label: "tracking"))
    #expect(Hash.deriveKey(from: secret, label: "fields") == Hash.deriveKey(from: secret, label: "fields"))
  }

  @Test func constantTimeEquality() {
    #expect(equalInConstantTime([1, 2, 3], [1, 2, 3]))
    #expect(!equalInConstantTime([1, 2, 3], [1, 2, 4]))
    #expect(!equalInConstantTime([1, 2, 3], [1, 2]))
    #expect(equalInConstantTime([], []))
  }

  @Test func randomBytesDiffer() {
    #expect(Random.bytes(0) == [])
    #expect(Random.bytes(16) != Random.bytes(16))
    var generator = SecureRandomNumberGenerator()
    #expect(generator.next() != generator.next())
  }
}

/// Bytes from hexadecimal digits, spaces ignored.
func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.compactMap { $0.hexDigitValue.map(UInt8.init) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
