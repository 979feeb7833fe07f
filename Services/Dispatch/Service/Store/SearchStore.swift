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

  /// Returns how many pages of pending entries were sorted in.
  static let sortPending: SQL = "SELECT gin_clean_pending_list('case_search_words')"
}
