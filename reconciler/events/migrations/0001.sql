-- Version 1: events. Times are microseconds since 1970, digests are 32 raw
-- bytes, JSON is text.

-- One row. `sequence` is the last that was given to an event; none is given
-- twice, whatever is deleted since.
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sequence INTEGER NOT NULL
) STRICT;
INSERT INTO meta (id, sequence) VALUES (1, 0);

-- `timestamp` is the sender's word, `ingested_at` ours. `own_id` is the
-- sender's. `schema_generation` is that of the EventSchema that judged it, 0
-- where there was none.
CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  app TEXT NOT NULL,
  app_uid TEXT NOT NULL,
  event TEXT NOT NULL,
  level TEXT NOT NULL,
  customer_id TEXT,
  data TEXT NOT NULL,
  metadata TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  ingested_at INTEGER NOT NULL,
  schema_generation INTEGER NOT NULL,
  own_id TEXT
) STRICT;

CREATE INDEX events_by_time ON events (app_uid, timestamp);
CREATE UNIQUE INDEX events_by_own_id ON events (app_uid, own_id)
  WHERE own_id IS NOT NULL;

-- What a plan asks for (T-12), without counting.
CREATE TABLE app_totals (
  app_uid TEXT PRIMARY KEY NOT NULL,
  app TEXT NOT NULL,
  stored INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Answers by Idempotency-Key (T-19): `ids` are those of the request's events,
-- in its order.
CREATE TABLE idempotency (
  credential TEXT NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  body BLOB NOT NULL CHECK (length(body) = 32),
  ids TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (credential, route, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- Events that were refused, each once however often it was sent. `digest` is
-- of app and body.
CREATE TABLE dead_letters (
  id INTEGER PRIMARY KEY,
  app TEXT NOT NULL,
  app_uid TEXT NOT NULL,
  event TEXT NOT NULL,
  body TEXT NOT NULL,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  violations TEXT NOT NULL,
  schema_generation INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  times INTEGER NOT NULL
) STRICT;

CREATE INDEX dead_letters_by_app ON dead_letters (app_uid, id);
