internal import ConsoleDomain
internal import Reactor

extension Answer {
  /// Smaller, for a browser that takes it. Off the reactor: a city's borders take milliseconds.
  func compressed(for request: IncomingRequest) async -> Answer {
    guard mayBeCompressed, case .bytes(let bytes, let type) = body, bytes.count >= Limits.compressFrom else { return self }
    var answer = self
    answer.headers.append(("Vary", "Accept-Encoding"))
    guard ContentCoding.acceptsGzip(request.headers["accept-encoding"]),
      let smaller = try? await OffloadPool.run({ Gzip.compress(bytes, .quick) })
    else { return answer }
    answer.headers.append(("Content-Encoding", "gzip"))
    answer.body = .bytes(smaller, type: type)
    return answer
  }
}
