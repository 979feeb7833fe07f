import Foundation
import Testing
import Wire

/// Wire and Python's protobuf say the same bytes and the same fields, for every message type of the contract.
@Suite struct AgreementTests {
  @Test(.timeLimit(.minutes(3)))
  func everyTypeAgreesWithPython() async throws {
    let seed = UInt64.random(in: 0..<1_000_000)
    let records = try await Oracle.messages(seed: seed, count: 25)
    #expect(Set(records.map(\.type)) == Set(Oracle.types.keys), "the generated modules and proto/ name different messages")
    for record in records {
      let type = try #require(Oracle.types[record.type])
      let problem = try disagreement(type, record)
      #expect(problem == nil, "seed \(seed), \(record.type): \(problem ?? "")")
    }
  }

  private func disagreement<Message: WireMessage>(_ type: Message.Type, _ record: Oracle.Record) throws -> String? {
    let message = try Message(decoding: record.bytes)
    if message.encoded() != record.bytes { return "other bytes than \(hex(record.bytes)): \(hex(message.encoded()))" }
    let fields = JSON(reflecting: message)
    if try fields != JSONDecoder().decode(JSON.self, from: Data(record.other)) {
      return "other fields: \(fields) and \(String(decoding: record.other, as: UTF8.self))"
    }
    return nil
  }

  @Test func prefixIsRoomInFront() throws {
    let bytes = HeartOfCity.place.encoded(prefix: 5)
    #expect(bytes.prefix(5).allSatisfy { $0 == 0 })
    #expect(Array(bytes.dropFirst(5)) == HeartOfCity.place.encoded())
  }
}

func hex(_ bytes: [UInt8]) -> String { bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
