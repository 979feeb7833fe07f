// Base 32 and password hashes.
import Testing

@testable import Cryptography

@Suite struct Base32Tests {
  /// RFC 4648 §10's examples in Crockford's alphabet, without padding.
  @Test(arguments: [
    ("", ""), ("f", "CR"), ("fo", "CSQG"), ("foo", "CSQPY"), ("foob", "CSQPYRG"), ("fooba", "CSQPYRK1"), ("foobar", "CSQPYRK1E8"),
  ])
  func examples(plain: String, text: String) {
    #expect(Base32.encode(Array(plain.utf8)) == text)
    #expect(Base32.decode(text) == Array(plain.utf8))
  }

  @Test(arguments: 0..<64)
  func roundTrip(count: Int) {
    let bytes = Random.bytes(count)
    let text = Base32.encode(bytes)
    #expect(Base32.decode(text) == bytes, "\(bytes)")
    #expect(Base32.decode(text.lowercased()) == bytes)
  }

  @Test func readsWhatPeopleType() {
    #expect(Base32.decode("csqp-yrki-e8") == Array("foobar".utf8))
    #expect(Base32.decode("cSQPYRKlE8") == Array("foobar".utf8))
    #expect(Base32.decode("o0") == [0])
  }

  @Test(arguments: ["U", "CSQPYRK1E8U", "C", "CS!", "CR CR", "CT", "长"])
  func refuses(text: String) {
    #expect(Base32.decode(text) == nil)
  }
}

@Suite struct PasswordHashTests {
  /// RFC 7914 §12, the second vector.
  @Test func knownAnswer() throws {
    let expected = """
      fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
      """
    let hash = try PasswordHash.derive("password", salt: Array("NaCl".utf8), n: 1024, r: 8, p: 16, count: 64)
    #expect(hash == bytes(expected))
  }

  @Test func verifies() throws {
    let stored = try PasswordHash.make("城运 p4ss")
    #expect(PasswordHash.verify("城运 p4ss", against: stored))
    #expect(!PasswordHash.verify("城运 p4ss ", against: stored))
    #expect(!PasswordHash.verify("", against: stored))
    #expect(try PasswordHash.make("城运 p4ss") != stored)
  }

  @Test(arguments: ["", "scrypt", "scrypt$15$8$3$$", "scrypt$63$8$3$00000000$00000000", "md5$1$1$1$0000$0000", "scrypt$1$8$1$!$!"])
  func refusesForeignTexts(stored: String) {
    #expect(!PasswordHash.verify("x", against: stored))
  }
}
