/// One event of a stream (WHATWG HTML, server-sent events).
public struct ServerSentEvent: Sendable, Hashable {
  public var name: String
  public var data: JSON

  public init(_ name: String, _ data: JSON) {
    self.name = name
    self.data = data
  }

  /// JSON has no line ends in it, so one data line is enough.
  public func rendered() -> [UInt8] {
    var bytes = Array("event: \(name)\ndata: ".utf8)
    data.write(to: &bytes)
    bytes.append(contentsOf: "\n\n".utf8)
    return bytes
  }

  /// The session has ended: the page's reader signs in again. The stream ends with it.
  public static let signedOut = ServerSentEvent("signed_out", [:]).rendered()

  /// Keeps the connection alive; pages that listen for it know that the line stands.
  public static let ping = ServerSentEvent("ping", [:]).rendered()
}
