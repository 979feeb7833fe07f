internal import CityModel
internal import DispatchDomain
internal import Postgres

/// Listings by key: each page begins behind the last row of the one before, however far down that is. A listing goes along one index
/// (`CasePath`) and passes over what does not fit, but over a limited number of cases in one call.
enum CaseQueries {
  /// Cases that one call looks at, at most: 5,000.
  static let lookLimit = 5_000
  /// The first cases on a path that tell whether words are frequent: 200. Where `frequentFrom` of them have the words, going along meets
  /// more soon; counting them all by the index could take a second.
  static let sampleSize = 200
  static let frequentFrom = 2
  /// Cases that one call counts, at most: 10,000; those that are in memory. Of the others 1,000, and those with words among 1,000.
  static let countLimit = 10_000
  static let rowCountLimit = 1_000
  static let wordCountLook = 1_000
  /// Up to this many cases with the words that are looked for, they are fetched by the words and sorted: 5,000. More are so many that
  /// going along an index meets them soon.
  static let foundLimit = 5_000

  /// Where a page ended: the sorting key (a time in microseconds) and the case.
  struct Key: Sendable, Hashable {
    let order: Int64
    let id: Identifier
  }

  /// Before each statement that goes along a path, in its transaction: where the planner believes that few cases are on it, it would
  /// fetch and sort them all, and it may be wrong.
  static let inOrder: SQL = "SET LOCAL enable_sort = off"

  /// Before each statement that begins with the words, in its transaction: how many cases begin with a word the planner cannot know.
  static let byWords: SQL = "SET LOCAL enable_seqscan = off"

  /// Before counting those that have the words, in its transaction: of words that many more than `foundLimit` have, PostgreSQL takes only a
  /// part from the index (manual §70.5), and that they are too many is known sooner.
  static let countingWords: SQL = """
    SELECT set_config('enable_seqscan', 'off', true), set_config('gin_fuzzy_search_limit', \("\(4 * foundLimit)"), true)
    """

  /// The next cases on the path that fit, at most `limit`, of the next `lookLimit` on it.
  static func list(_ filter: CaseFilter, after key: Key?, limit: Int) -> SQL {
    let path = CasePath(for: filter)
    let residual = residual(filter, path)
    guard !residual.isEmpty else {
      return """
        SELECT \(unsafeLiteral: CaseStore.columns) FROM cases WHERE \(fragment: range(filter, path, after: key))
        ORDER BY \(fragment: order(filter.sort, path)) LIMIT \(limit)
        """
    }
    return """
      SELECT \(unsafeLiteral: CaseStore.columns) FROM (
        SELECT * FROM cases WHERE \(fragment: range(filter, path, after: key))
        ORDER BY \(fragment: order(filter.sort, path)) LIMIT \(lookLimit)
      ) AS cases WHERE \(fragment: residual.conjunction) ORDER BY \(fragment: order(filter.sort, path)) LIMIT \(limit)
      """
  }

  /// Whether a listing passes over cases at all: only then can a page be short before the end.
  static func passesOver(_ filter: CaseFilter) -> Bool { !residual(filter, CasePath(for: filter)).isEmpty }

  /// The key of the last case that `list` may have looked at; no row when it came to the end.
  static func horizon(_ filter: CaseFilter, after key: Key?) -> SQL {
    let path = CasePath(for: filter)
    return """
      SELECT \(fragment: sortKey(filter.sort)), id FROM cases WHERE \(fragment: range(filter, path, after: key))
      ORDER BY \(fragment: order(filter.sort, path)) OFFSET \(lookLimit - 1) LIMIT 1
      """
  }

  /// How many of the next `sampleSize` cases on the path there are, and how many of them have the words, whatever else is asked for.
  static func sample(_ filter: CaseFilter, after key: Key?) -> SQL {
    let path = CasePath(for: filter)
    return """
      SELECT count(*), count(*) FILTER (WHERE \(fragment: has(filter.terms))) FROM (
        SELECT * FROM cases WHERE \(fragment: range(filter, path, after: key))
        ORDER BY \(fragment: order(filter.sort, path)) LIMIT \(sampleSize)
      ) AS cases
      """
  }

  /// How many cases have the words, counted up to one more than `foundLimit`.
  static func countFound(_ terms: [SearchWords.Term]) -> SQL {
    "SELECT count(*) FROM (SELECT FROM case_search WHERE words @@ \(fragment: query(terms)) LIMIT \(foundLimit + 1)) AS found"
  }

  /// As `list`, from the cases that have the words: for words that few cases have.
  static func listFound(_ filter: CaseFilter, after key: Key?, limit: Int) -> SQL {
    """
    SELECT \(unsafeLiteral: CaseStore.columns) FROM \(fragment: found(filter.terms))
    WHERE \(fragment: all(filter, after: key)) ORDER BY \(fragment: order(filter.sort)) LIMIT \(limit)
    """
  }

  /// How many fit among the first `lookLimit` on the path, or `wordCountLook`, counted up to one more than `limit`; and whether there are
  /// more on the path. Where everything on the path fits, just how many there are.
  static func count(_ filter: CaseFilter, upTo limit: Int) -> SQL {
    let path = CasePath(for: filter)
    let residual = residual(filter, path)
    guard !residual.isEmpty else {
      return "SELECT count(*), false FROM (\(fragment: looked(filter, path, limit: limit + 1))) AS looked"
    }
    let looks = filter.terms.isEmpty ? lookLimit : wordCountLook
    let looked = looked(filter, path, limit: looks)
    return """
      SELECT count(*), (SELECT count(*) FROM (\(fragment: looked)) AS looked) = \(looks) FROM (
        SELECT FROM (\(fragment: looked)) AS cases WHERE \(fragment: residual.conjunction) LIMIT \(limit + 1)
      ) AS counted
      """
  }

  private static func looked(_ filter: CaseFilter, _ path: CasePath, limit: Int) -> SQL {
    """
    SELECT * FROM cases WHERE \(fragment: range(filter, path, after: nil)) ORDER BY \(fragment: order(filter.sort, path)) LIMIT \(limit)
    """
  }

  static func countFound(_ filter: CaseFilter, upTo limit: Int) -> SQL {
    """
    SELECT count(*), false FROM (
      SELECT FROM \(fragment: found(filter.terms)) WHERE \(fragment: all(filter, after: nil)) LIMIT \(limit + 1)
    ) AS counted
    """
  }

  /// My open tasks: the nearest deadline first, those without one last.
  static func tasks(department: String, crew: String, after key: Key?, limit: Int) -> SQL {
    let mine: SQL = crew.isEmpty ? "department = \(department)" : "department = \(department) AND crew = \(crew)"
    let behind: SQL = key.map { "AND (due_order, id) > (\($0.order), \($0.id))" } ?? ""
    return """
      SELECT \(unsafeLiteral: CaseStore.columns) FROM cases WHERE \(fragment: mine) AND state IN (2, 3) \(fragment: behind)
      ORDER BY due_order, id LIMIT \(limit)
      """
  }

  // MARK: Parts

  /// The part of the index that the listing goes along. Where the index begins with another column than the order's, rows are compared with
  /// it in front: an equality the planner would take out of the order, to go along another index and pass over who knows how many cases.
  private static func range(_ filter: CaseFilter, _ path: CasePath, after key: Key?) -> SQL {
    let rest = [path.holds, key.map { behind($0, filter.sort, path) }].compactMap(\.self)
    guard let (column, value) = path.first else {
      let served = CaseFilter.Field.allCases.filter(path.serves.contains).compactMap(filter.condition)
      return (served + rest).conjunction
    }
    let isByDue = filter.sort == .due
    let sorted: SQL = isByDue ? "due_order" : "filed_at"
    let from: SQL? = isByDue ? nil : filter.filedFrom.map { "\($0)" }
    let before: SQL? = isByDue ? filter.dueBefore.map { "\($0.microseconds)" } : filter.filedBefore.map { "\($0)" }
    let lower: SQL =
      from.map { "(\(fragment: column), \(fragment: sorted)) >= (\(fragment: value), \(fragment: $0))" }
      ?? "\(fragment: column) >= \(fragment: value)"
    let upper: SQL =
      before.map { "(\(fragment: column), \(fragment: sorted)) < (\(fragment: value), \(fragment: $0))" }
      ?? "\(fragment: column) <= \(fragment: value)"
    return ([lower, upper] + rest).conjunction
  }

  /// What is looked up in each case on the way.
  private static func residual(_ filter: CaseFilter, _ path: CasePath) -> [SQL] {
    var conditions = CaseFilter.Field.allCases.filter { !path.serves.contains($0) }.compactMap(filter.condition)
    if !filter.terms.isEmpty { conditions.append(has(filter.terms)) }
    return conditions
  }

  private static func has(_ terms: [SearchWords.Term]) -> SQL {
    "EXISTS (SELECT FROM case_search AS search WHERE search.case_id = cases.id AND search.words @@ \(fragment: query(terms)))"
  }

  /// Every condition but the words.
  private static func all(_ filter: CaseFilter, after key: Key?) -> SQL {
    let holds: SQL? =
      switch filter.sort {
      case .newest, .oldest: nil
      case .due: "state < 7"
      case .ended: "ended_at IS NOT NULL"
      }
    return (CaseFilter.Field.allCases.compactMap(filter.condition) + [holds, key.map { behind($0, filter.sort) }].compactMap(\.self))
      .conjunction
  }

  /// Cases by their words, few as they are.
  private static func found(_ terms: [SearchWords.Term]) -> SQL {
    """
    (SELECT case_id FROM case_search WHERE words @@ \(fragment: query(terms)) LIMIT \(foundLimit)) AS found
    JOIN cases ON cases.id = found.case_id
    """
  }

  /// Words hold letters, digits and ideographs only, so they need no quoting within the quotes.
  private static func query(_ terms: [SearchWords.Term]) -> SQL {
    let text = terms.map { "'\($0.word)'\($0.isPrefix ? ":*" : "")" }.joined(separator: " & ")
    return "\(text)::tsquery"
  }

  private static func order(_ sort: CaseFilter.Sort, _ path: CasePath? = nil) -> SQL {
    let first = path?.first?.column
    return switch sort {
    case .newest: first.map { "\(fragment: $0) DESC, filed_at DESC, id DESC" } ?? "filed_at DESC, id DESC"
    case .oldest: first.map { "\(fragment: $0), filed_at, id" } ?? "filed_at, id"
    case .due: first.map { "\(fragment: $0), due_order, id" } ?? "due_order, id"
    case .ended: "ended_at DESC, id DESC"
    }
  }

  private static func sortKey(_ sort: CaseFilter.Sort) -> SQL {
    switch sort {
    case .newest, .oldest: "(extract(epoch FROM filed_at) * 1000000)::bigint"
    case .due: "due_order"
    case .ended: "(extract(epoch FROM ended_at) * 1000000)::bigint"
    }
  }

  private static func behind(_ key: Key, _ sort: CaseFilter.Sort, _ path: CasePath? = nil) -> SQL {
    let column: SQL = (path?.first).map { "\(fragment: $0.column), " } ?? ""
    let value: SQL = (path?.first).map { "\(fragment: $0.value), " } ?? ""
    let at = Instant(microseconds: key.order)
    return switch sort {
    case .newest: "(\(fragment: column)filed_at, id) < (\(fragment: value)\(at), \(key.id))"
    case .oldest: "(\(fragment: column)filed_at, id) > (\(fragment: value)\(at), \(key.id))"
    case .due: "(\(fragment: column)due_order, id) > (\(fragment: value)\(key.order), \(key.id))"
    case .ended: "(ended_at, id) < (\(at), \(key.id))"
    }
  }
}
