internal import DispatchDomain
internal import Postgres

/// The table `case_search`: the words by which cases are found.
enum SearchStore {
  /// New ones, and those whose words changed.
  static func put(_ files: [CaseFile]) -> SQL {
    """
    INSERT INTO case_search (case_id, words)
    SELECT id, array_to_tsvector(string_to_array(words, ' '))
    FROM unnest(\(files.map(\.id)), \(files.map { $0.searchWords.joined(separator: " ") })) AS new (id, words)
    ON CONFLICT (case_id) DO UPDATE SET words = excluded.words
    """
  }
}
