internal import ChengyunDomain

/// The node's database: one login role and one schema a service, and nothing that one could see of another.
enum DatabaseProvision {
  static let database = "chengyun"
  /// The cluster's superuser, for the operator.
  static let superuser = "chengyun"

  /// For psql, connected to the maintenance database. Can be repeated.
  static let createDatabase = """
    SELECT 'CREATE DATABASE \(database)' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '\(database)') \\gexec
    """

  /// For psql, connected to the node's database. Can be repeated; existing roles get the password that is given.
  static func script(passwords: [ServiceName: String]) -> String {
    """
    BEGIN;
    REVOKE ALL ON DATABASE \(database) FROM PUBLIC;
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    SELECT 'CREATE EXTENSION IF NOT EXISTS postgis' WHERE EXISTS (SELECT FROM pg_available_extensions WHERE name = 'postgis') \\gexec

    """ + ServiceName.allCases.map { role($0.rawValue, password: passwords[$0]!) }.joined() + "COMMIT;\n"
  }

  /// The password is of letters and digits only (Secrets).
  private static func role(_ name: String, password: String) -> String {
    precondition(password.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }, "a password that needs quoting")
    return """
      SELECT 'CREATE ROLE \(name) LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(name)') \\gexec
      ALTER ROLE \(name) LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '\(password)';
      GRANT CONNECT ON DATABASE \(database) TO \(name);
      CREATE SCHEMA IF NOT EXISTS \(name) AUTHORIZATION \(name);
      REVOKE ALL ON SCHEMA \(name) FROM PUBLIC;
      GRANT USAGE ON SCHEMA public TO \(name);
      ALTER ROLE \(name) IN DATABASE \(database) SET search_path = \(name), public;

      """
  }
}
