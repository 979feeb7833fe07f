import Testing

@testable import Cryptography

@Suite struct FieldCipherTests {
  let cipher = FieldCipher(key: Hash.sha256(Array("a key".utf8)))

  /// The Galois/Counter Mode of Operation (McGrew, Viega), appendix B, test cases 13, 14 and 16.
  @Test(arguments: [
    ("00", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
    ("00", "00000000000000000000000000000000", "", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
    (
      "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      """
      d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
      """,
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      """
      522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
      76fc6ece0f4e1768cddf8853bb2d551b
      """
    ),
  ])
  func knownAnswers(key: String, plain: String, associated: String, sealed: String) {
    let short = key == "00"
    let key = short ? [UInt8](repeating: 0, count: 32) : bytes(key)
    let nonce = short ? [UInt8](repeating: 0, count: 12) : bytes("cafebabefacedbaddecaf888")
    let result = FieldCipher(key: key).encrypt(bytes(plain), nonce: nonce, associated: bytes(associated))
    #expect(result == nonce + bytes(sealed))
  }

  @Test(arguments: ["", "13812345678", "王小明", String(repeating: "长", count: 5000), "a\0b"])
  func opensWhatItSealed(text: String) throws {
    let sealed = cipher.seal(text, context: "reporter.name")
    #expect(sealed.count == text.utf8.count + FieldCipher.overhead)
    #expect(try cipher.open(sealed, context: "reporter.name") == text)
  }

  @Test func sameTextIsSealedDifferently() {
    #expect(cipher.seal("x", context: "c") != cipher.seal("x", context: "c"))
  }

  @Test func refusesAnotherContext() {
    let sealed = cipher.seal("13812345678", context: "phone:1")
    #expect(throws: CryptographyError.self) { try cipher.open(sealed, context: "phone:2") }
  }

  @Test func refusesAnotherKey() {
    let other = FieldCipher(key: Hash.sha256(Array("another key".utf8)))
    #expect(throws: CryptographyError.self) { try other.open(cipher.seal("x", context: "c"), context: "c") }
  }

  @Test(arguments: 0..<34)
  func refusesAnyChangedByte(index: Int) {
    var sealed = cipher.seal("12345", context: "c")
    sealed[index] ^= 0x10
    #expect(throws: CryptographyError.self) { try cipher.open(sealed, context: "c") }
  }

  @Test(arguments: 0..<29)
  func refusesTruncation(count: Int) {
    let sealed = Array(cipher.seal("", context: "c").prefix(count))
    #expect(throws: CryptographyError.self) { try cipher.open(sealed, context: "c") }
  }
}
