internal import CityModel
internal import Postgres

/// What evaluation keeps of a report.
struct ReportRecord: Sendable, Hashable {
  var id: Identifier
  var caseID: Identifier?
  var caseNumber: String
  var externalRef: String
  /// opened, linked, rejected or not_filed.
  var state: String
  var kind: String
  var channel: String
  var district: String
  var street: String
  var community: String
  var unplaced: Bool
  var duplicate: Bool
  var reportedAt: Instant
  /// When a case was filed from it; nil while that is not known.
  var filedAt: Instant?
}

/// Writing the projection of reports.
enum ReportFacts {
  static func insert(_ records: [ReportRecord], into generation: Generation) -> SQL {
    """
    INSERT INTO report_facts (generation, report_id, case_id, case_number, external_ref, state, kind, channel, district, street, community,
      unplaced, duplicate, reported_at, filed_at)
    SELECT \(fragment: generation.sql), report.* FROM unnest(
      \(records.map(\.id)), \(records.map(\.caseID)), \(records.map(\.caseNumber)), \(records.map(\.externalRef)),
      \(records.map(\.state)), \(records.map(\.kind)), \(records.map(\.channel)), \(records.map(\.district)), \(records.map(\.street)),
      \(records.map(\.community)), \(records.map(\.unplaced)), \(records.map(\.duplicate)), \(records.map(\.reportedAt)),
      \(records.map(\.filedAt))) AS report
    ON CONFLICT DO NOTHING
    """
  }

  /// It has a case of its own now.
  static func separate(_ report: Identifier, into id: Identifier, number: String, in generation: Generation) -> SQL {
    """
    UPDATE report_facts SET state = 'opened', case_id = \(id), case_number = \(number)
    WHERE generation = \(fragment: generation.sql) AND report_id = \(report)
    """
  }

  /// Cases were filed from these reports, which earlier batches brought.
  static func file(_ filings: [(report: Identifier, at: Instant)], in generation: Generation) -> SQL {
    """
    UPDATE report_facts SET filed_at = filing.at FROM unnest(\(filings.map(\.report)), \(filings.map(\.at))) AS filing (report_id, at)
    WHERE generation = \(fragment: generation.sql) AND report_facts.report_id = filing.report_id
    """
  }

  static func reject(_ report: Identifier, in generation: Generation) -> SQL {
    "UPDATE report_facts SET state = 'rejected' WHERE generation = \(fragment: generation.sql) AND report_id = \(report)"
  }

  static func place(_ report: Identifier, district: String, street: String, community: String, in generation: Generation) -> SQL {
    """
    UPDATE report_facts SET district = \(district), street = \(street), community = \(community),
      unplaced = \(district.isEmpty && street.isEmpty && community.isEmpty)
    WHERE generation = \(fragment: generation.sql) AND report_id = \(report)
    """
  }
}
