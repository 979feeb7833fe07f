import Testing

@testable import Postgres

struct SQLTests {
  @Test func `interpolations become numbered parameters`() {
    let sql: SQL = "SELECT \(1) WHERE a = \("x") AND b = \(nil as Int32?)"
    #expect(sql.text == "SELECT $1 WHERE a = $2 AND b = $3")
    #expect(sql.parameters.types == [20, 25, 23])
    #expect(sql.parameters.lengths == [8, 1, -1])
  }

  @Test func `fragments are renumbered, also beyond nine`() {
    var condition: SQL = "true"
    for number in 0..<11 { condition = "\(fragment: condition) AND a <> \(number)" }
    let sql: SQL = "SELECT \("first") WHERE \(fragment: condition) LIMIT \(5)"
    #expect(sql.text.hasSuffix("a <> $11 AND a <> $12 LIMIT $13"))
    #expect(sql.text.hasPrefix("SELECT $1 WHERE true AND a <> $2 AND"))
    #expect(sql.parameters.count == 13)
    #expect(sql.holes.count == 13)
  }

  @Test func `names are quoted`() {
    let sql: SQL = "SELECT * FROM \(identifier: "a\"b.城")"
    #expect(sql.text == "SELECT * FROM \"a\"\"b.城\"")
  }

  @Test func `values don't show in the description`() {
    let sql: SQL = "SELECT \("13800138000")"
    #expect(sql.description == "SELECT $1")
  }
}

struct StatementCacheTests {
  private func key(_ text: String, _ types: [UInt32] = []) -> StatementCache.Key { StatementCache.Key(text: text, types: types) }

  @Test func `a statement is prepared once, and known after its confirmation`() {
    var cache = StatementCache(limit: 8)
    #expect(cache.plan(for: key("a")) == .prepare(1, forgetting: nil))
    #expect(cache.plan(for: key("a")) == .sendText)
    cache.confirm(1)
    #expect(cache.plan(for: key("a")) == .execute(1))
    #expect(cache.plan(for: key("a", [20])) == .prepare(2, forgetting: nil))
  }

  @Test func `the least used is forgotten`() {
    var cache = StatementCache(limit: 2)
    for text in ["a", "b"] { _ = cache.plan(for: key(text)) }
    cache.confirm(1)
    cache.confirm(2)
    _ = cache.plan(for: key("a"))
    #expect(cache.plan(for: key("c")) == .prepare(3, forgetting: 2))
    #expect(cache.plan(for: key("b")) == .prepare(4, forgetting: 1))
    #expect(cache.count == 2)
  }

  @Test func `a failed preparation is prepared again under a new number`() {
    var cache = StatementCache(limit: 2)
    _ = cache.plan(for: key("a"))
    cache.drop(1)
    cache.confirm(1)
    #expect(cache.plan(for: key("a")) == .prepare(2, forgetting: nil))
  }
}
