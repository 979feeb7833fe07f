// What every service's schema has beside its own tables.
internal import Postgres

/// Run before the service's own.
let nodeMigrations: [Migration] = [
  Migration(
    name: "0000_node_clock",
    script: """
      -- Where the node's clock stands; no row and NULL both mean that it follows the system's.
      CREATE TABLE node_clock (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        version bigint NOT NULL CHECK (version > 0),
        standing_at timestamptz
      );
      """)
]
