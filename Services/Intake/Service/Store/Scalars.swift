public import IntakeDomain
public import Postgres

// Stored as their numbers; a number that the enum does not know is an error.
extension ReportState: PostgresScalar {}
extension Channel: PostgresScalar {}
extension Placement.Unplaced: PostgresScalar {}
