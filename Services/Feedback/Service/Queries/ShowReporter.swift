internal import CityModel
internal import Cryptography
internal import FeedbackDomain
internal import NodeKit

/// A reporter's name and phone: masked, or whole with an audited reason.
struct ShowReporter: Sendable {
  let contacts: ReporterContactStore
  let cipher: FieldCipher
  let clock: any CityClock

  struct Question: Sendable {
    var report: Identifier
    /// Empty asks for the masked form.
    var reason: String
    var actorID: String
    var actorRole: String
    /// That the person's account names; empty: none.
    var actorDistrict = ""
    var peer: String
  }

  func run(_ question: Question) async throws -> (name: String, phone: String, masked: Bool) {
    guard let sealed = try await contacts.contact(of: question.report) else { throw FeedbackRefusal.unknownReport }
    try UnmaskRule.check(question.actorDistrict, maySee: sealed.district)
    if !question.reason.isEmpty {
      try UnmaskRule.check(actorID: question.actorID, role: question.actorRole, reason: question.reason)
      // The record is on disk before the data is handed out.
      try await contacts.record(
        .init(
          report: question.report, actorID: question.actorID, actorRole: question.actorRole, reason: question.reason, peer: question.peer,
          at: clock.now()))
    }
    let name = try open(sealed.name, SealedField.reporterName(of: question.report))
    let phone = try open(sealed.phone, SealedField.reporterPhone(of: question.report))
    return question.reason.isEmpty ? (Masking.name(name), Masking.phone(phone), true) : (name, phone, false)
  }

  private func open(_ sealed: [UInt8], _ context: String) throws -> String {
    sealed.isEmpty ? "" : try cipher.open(sealed, context: context)
  }
}
