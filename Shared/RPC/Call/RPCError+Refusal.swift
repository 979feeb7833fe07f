extension RPCError {
  /// The name of the metadata in which a refusal's code travels.
  public static let refusalCode = "refusal-code"

  /// A refusal: the sentence for people, and the stable code for programs in the metadata.
  public init(_ status: StatusCode, refusal code: String, sentence: String) {
    var metadata = Metadata()
    metadata.append(RPCError.refusalCode, code)
    self.init(code: status, message: sentence, metadata: metadata)
  }

  /// What the caller is told of an error that is not for him to see, and the number under which the log has it.
  public static func incident() -> (error: RPCError, number: String) {
    let number = String(UInt32.random(in: 0x1000_0000 ... .max), radix: 16)
    return (
      RPCError(.internal, "系统内部错误，事件编号 \(number)，请联系管理员。 Something went wrong here. Incident \(number): tell the administrator."), number
    )
  }
}
