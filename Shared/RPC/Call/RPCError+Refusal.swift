extension RPCError {
  /// The name of the metadata in which a refusal's code travels.
  public static let refusalCode = "refusal-code"

  /// A refusal: the sentence for people, and the stable code for programs in the metadata.
  public init(_ status: StatusCode, refusal code: String, sentence: String) {
    var metadata = Metadata()
    metadata.append(RPCError.refusalCode, code)
    self.init(code: status, message: sentence, metadata: metadata)
  }
}
