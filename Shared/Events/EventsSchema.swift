public import Postgres

/// The tables that every service's schema has.
public enum EventsSchema {
  /// Run before the service's own, in the same `Migrator`: `Migrator(database, EventsSchema.migrations + own)`.
  public static var migrations: [Migration] {
    [Migration(name: "events/0001_events", PackageResources._001_events_sql)]
  }
}
