internal import CityModel
internal import CommonAPI
internal import DispatchAPI
internal import DispatchDomain
internal import NodeKit
internal import Postgres

extension CaseReader {
  /// Cases by conditions and words, page by page, each call within its limit of cases that it looks at.
  func list(_ request: ListCasesRequest) async throws -> ListCasesResponse {
    let (size, after) = try PageToken.read(request.page, sizeLimit: PageToken.casesLimit)
    guard (0...Int32(CaseQueries.countLimit)).contains(request.countUpTo) else {
      throw CaseRequest.invalid("count_up_to 最多 10000。", "count_up_to is at most 10,000.")
    }
    let filter = try CaseFilter(request)
    let (files, isFew) = try await find(filter, after: after, limit: size + 1)
    let page = files.prefix(size)
    var response = ListCasesResponse(cases: page.map(\.wire))
    if files.count > size {
      response.nextPageToken = page.last.map { PageToken.write($0.key(filter.sort)) } ?? ""
    } else if !isFew, CaseQueries.passesOver(filter) {
      response.nextPageToken = try await horizon(filter, after: after, last: page.last?.key(filter.sort)).map(PageToken.write) ?? ""
    }
    if request.countUpTo > 0 { try await count(filter, upTo: Int(request.countUpTo), isFew: isFew, &response) }
    return response
  }

  /// Frequent words are met soon, on the listing's way; rare ones lead to their cases.
  private func find(_ filter: CaseFilter, after: CaseQueries.Key?, limit: Int) async throws -> ([CaseFile], isFew: Bool) {
    if try await areFew(filter, after: after) {
      return (try CaseStore.read(try await byWords(CaseQueries.listFound(filter, after: after, limit: limit))), true)
    }
    return (try CaseStore.read(try await inOrder(CaseQueries.list(filter, after: after, limit: limit))), false)
  }

  private func inOrder(_ statement: SQL) async throws -> Rows { try await database.atomically([CaseQueries.inOrder, statement])[1] }

  private func byWords(_ statement: SQL) async throws -> Rows { try await database.atomically([CaseQueries.byWords, statement])[1] }

  /// Whether so few cases have the words that these lead to them.
  private func areFew(_ filter: CaseFilter, after: CaseQueries.Key?) async throws -> Bool {
    guard !filter.terms.isEmpty else { return false }
    let (looked, met) = try await inOrder(CaseQueries.sample(filter, after: after))[0].decode(Int64.self, Int64.self)
    guard looked == CaseQueries.sampleSize, met < CaseQueries.frequentFrom else { return false }
    let rows = try await database.atomically([CaseQueries.countingWords, CaseQueries.countFound(filter.terms)])[1]
    return try rows[0][0, Int.self] <= CaseQueries.foundLimit
  }

  /// Where the call stopped looking; nil at the end. Never before the last case that it gives: cases filed since may have moved it.
  private func horizon(_ filter: CaseFilter, after key: CaseQueries.Key?, last: CaseQueries.Key?) async throws -> CaseQueries.Key? {
    guard let row = try await inOrder(CaseQueries.horizon(filter, after: key)).first else { return nil }
    let (order, id) = try row.decode(Int64.self, Identifier.self)
    let horizon = CaseQueries.Key(order: order, id: id)
    guard let last else { return horizon }
    let isBehind = (last.order, last.id) > (horizon.order, horizon.id)
    return isBehind == filter.sort.isAscending ? last : horizon
  }

  private func count(_ filter: CaseFilter, upTo limit: Int, isFew: Bool, _ response: inout ListCasesResponse) async throws {
    if let filter = filter.ofOpenCases {
      let count = try await cases.view { $0.count(filter) }.1
      response.total = Int64(min(count, limit))
      response.moreThanTotal = count > limit
      return
    }
    let limit = min(limit, CaseQueries.rowCountLimit)
    let rows =
      isFew
      ? try await byWords(CaseQueries.countFound(filter, upTo: limit)) : try await inOrder(CaseQueries.count(filter, upTo: limit))
    let row = rows[0]
    let (count, isCut) = try row.decode(Int64.self, Bool.self)
    response.total = min(count, Int64(limit))
    response.moreThanTotal = isCut || count > limit
  }
}

extension CaseFile {
  fileprivate func key(_ sort: CaseFilter.Sort) -> CaseQueries.Key {
    let order =
      switch sort {
      case .newest, .oldest: filedAt.microseconds
      case .due: deadline.storedOrder
      case .ended: endedAt?.microseconds ?? 0
      }
    return CaseQueries.Key(order: order, id: id)
  }
}

extension CaseFilter.Sort {
  fileprivate var isAscending: Bool { self == .oldest || self == .due }
}
