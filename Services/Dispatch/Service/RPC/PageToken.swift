internal import CommonAPI
internal import NodeKit
internal import RPC

/// Where the next page begins: the last row's sorting key and id.
enum PageToken {
  static let defaultSize = 100
  static let sizeLimit = 1_000
  /// Of a listing of cases that passes over those that do not fit.
  static let casesLimit = 200

  /// - Throws: `RPCError` when the size or the token is not ours.
  static func read(_ page: Page?, sizeLimit: Int = sizeLimit) throws -> (size: Int, after: CaseQueries.Key?) {
    let size = page?.size ?? 0
    guard (0...Int32(sizeLimit)).contains(size) else {
      throw CaseRequest.invalid("每页 1 至 \(sizeLimit) 条。", "page.size is from 1 to \(sizeLimit).")
    }
    var key: CaseQueries.Key?
    if let token = page?.token, !token.isEmpty {
      guard let cursor = PageCursor(token: token) else {
        throw CaseRequest.invalid("page.token 无效。", "page.token is not one that a listing gave.")
      }
      key = CaseQueries.Key(order: cursor.order, id: cursor.id)
    }
    return (size == 0 ? defaultSize : Int(size), key)
  }

  static func write(_ key: CaseQueries.Key) -> String { PageCursor(order: key.order, id: key.id).token }
}
