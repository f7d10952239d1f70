-- Version 3: use of credentials (T-09). Never what was asked for, only by whom.

-- Gateways that record use. `complete_until`: all use before it is below; NULL
-- until the gateway has said so once. One that ended in an orderly way has no
-- row any more; one that was killed keeps its own, until somebody takes note.
CREATE TABLE gateways (
  id TEXT PRIMARY KEY NOT NULL,
  started_at INTEGER NOT NULL,
  complete_until INTEGER
) STRICT, WITHOUT ROWID;

-- One row: any credential may have been used until then, unseen.
CREATE TABLE use_lost (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  until INTEGER NOT NULL
) STRICT;

-- `client` and `agent` are empty in the row that stands for all those beyond
-- what is kept of one credential (T-20).
CREATE TABLE use_sums (
  credential TEXT NOT NULL,
  client TEXT NOT NULL,
  agent TEXT NOT NULL,
  route TEXT NOT NULL,
  scope TEXT NOT NULL,
  refused INTEGER NOT NULL CHECK (refused IN (0, 1)),
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (credential, client, agent, route, scope, refused)
) STRICT, WITHOUT ROWID;

CREATE INDEX use_sums_by_age ON use_sums (last_at);
