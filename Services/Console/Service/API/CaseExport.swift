internal import CommonAPI
internal import ConsoleDomain
internal import DispatchAPI
internal import Reactor
internal import Synchronization

/// A table of cases on its way to a browser: page by page, each fetched when the one before it has been sent, so that neither a hundred
/// thousand lines nor a slow browser takes memory.
final class CaseExport: Sendable {
  /// Most lines: what a spreadsheet program still opens.
  static let lineLimit = 100_000
  /// Lines that are fetched at once: the most that dispatch gives.
  static let pageSize: Int32 = 200

  private enum Step {
    case first(ListCasesResponse)
    case page(token: String)
    case over
  }

  private let exchange: Exchange
  private let request: ListCasesRequest
  private let lines: CaseLines
  private let state: Mutex<(step: Step, sent: Int, person: Person?)>

  /// Fetches the first page and writes the export down, so that a refusal is still an answer of its own.
  init(_ request: ListCasesRequest, _ exchange: Exchange) async throws {
    var request = request
    request.page = .init(size: Self.pageSize)
    self.request = request
    self.exchange = exchange
    lines = await CaseLines(exchange)
    let first = try await exchange.services.dispatch.listCases(request, exchange.options)
    try await exchange.recordExport("cases", exchange.values.conditions)
    state = Mutex((.first(first), 0, exchange.signedIn))
  }

  var feed: ChunkFeed { ChunkFeed { try await self.next() } }

  /// Called again only when it has answered.
  private func next() async throws -> [UInt8]? {
    switch state.withLock({ $0.step }) {
    case .first(let response): return try await take(response, lines.header)
    case .page(let token):
      do {
        return try await take(try await page(token), [])
      } catch {
        try? await record(isWhole: false)
        throw error
      }
    case .over: return nil
    }
  }

  private func take(_ response: ListCasesResponse, _ start: [UInt8]) async throws -> [UInt8] {
    let room = Self.lineLimit - state.withLock { $0.sent }
    var bytes = start
    for file in response.cases.prefix(room) { bytes += lines.line(file) }
    let isLast = response.nextPageToken.isEmpty
    let isFull = room <= response.cases.count
    if isFull, !isLast || response.cases.count > room {
      bytes += CSVTable.line([CaseColumns.cut(at: Self.lineLimit, lines.language)])
    }
    state.withLock { state in
      state.sent += min(room, response.cases.count)
      state.step = isLast || isFull ? .over : .page(token: response.nextPageToken)
    }
    if isLast || isFull { try await record(isWhole: true) }
    return bytes
  }

  /// On a reactor, where calls are made, with a fresh proof of who asks: an export may take longer than an identity lasts.
  private func page(_ token: String) async throws -> ListCasesResponse {
    try await exchange.console.reactors.next().spawn { [self] in
      var request = request
      request.page?.token = token
      return try await exchange.services.dispatch.listCases(request, try await renewed().options)
    }.value
  }

  /// In the name of whoever it was, also when the session has just ended.
  private func record(isWhole: Bool) async throws {
    let (_, sent, person) = state.withLock { $0 }
    try await exchange.console.reactors.next().spawn { [self] in
      var exchange = exchange
      if let renewed = try? await renewed() { exchange = renewed } else { exchange.signedIn = person }
      try await exchange.recordExported("cases", lines: sent, isWhole: isWhole)
    }.value
  }

  /// - Throws: 401 when the session has ended meanwhile.
  private func renewed() async throws -> Exchange {
    guard let token = exchange.cookie.token, let person = try await exchange.console.people.person(of: token, isUse: false) else {
      throw Problem.signedOut
    }
    state.withLock { $0.person = person }
    var exchange = exchange
    exchange.signedIn = person
    return exchange
  }
}
