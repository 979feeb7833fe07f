internal import DispatchAPI
internal import DispatchDomain
internal import Events
internal import Wire

extension CaseFile {
  /// The answer to a command, as it is remembered for repetitions.
  func encodedReply(at position: EventPosition) -> [UInt8] {
    CaseReply(caseFile: wire, position: position.wire).encoded(prefix: 0)
  }
}

extension CaseReply {
  /// - Throws: the refusal's status.
  init(_ answer: CaseAnswer) throws {
    switch answer {
    case .done(let file, let position): self.init(caseFile: file.wire, position: position.wire)
    case .repeated(let bytes):
      self = try CaseReply(decoding: bytes)
      repeated = true
    case .refused(let refusal): throw refusal.status
    }
  }
}
