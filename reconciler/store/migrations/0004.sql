-- Version 4. Credentials, the values of secrets, and rotations.
CREATE TABLE key_generations (
  generation INTEGER PRIMARY KEY,
  lineage TEXT NOT NULL,
  check_value BLOB NOT NULL CHECK (length(check_value) = 32),
  wrapped BLOB,
  unwraps_previous BLOB,
  created_at INTEGER NOT NULL,
  retired_at INTEGER
) STRICT;

CREATE TABLE credentials (
  id TEXT PRIMARY KEY NOT NULL,
  address TEXT NOT NULL,
  token_uid TEXT NOT NULL,
  target TEXT NOT NULL,
  family TEXT NOT NULL,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  hint TEXT NOT NULL,
  status INTEGER NOT NULL,
  rights TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  issued_by TEXT NOT NULL,
  not_before INTEGER,
  expires_at INTEGER,
  rotate_at INTEGER,
  basis TEXT NOT NULL,
  rotation TEXT NOT NULL,
  ended_at INTEGER,
  ended_by TEXT NOT NULL,
  ended_why TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  key_generation INTEGER NOT NULL REFERENCES key_generations (generation),
  mac BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;

CREATE INDEX credentials_by_address ON credentials (address);
CREATE INDEX credentials_by_sequence ON credentials (sequence);
CREATE INDEX credentials_due ON credentials (rotate_at)
  WHERE rotate_at IS NOT NULL;

CREATE TABLE secret_values (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL,
  secret_uid TEXT NOT NULL,
  environment TEXT NOT NULL,
  version INTEGER NOT NULL,
  key_generation INTEGER NOT NULL REFERENCES key_generations (generation),
  sealed BLOB,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  UNIQUE (secret_uid, environment, version)
) STRICT;

CREATE INDEX secret_values_by_address ON secret_values (address);

CREATE TABLE secret_pointers (
  secret_uid TEXT NOT NULL,
  environment TEXT NOT NULL,
  address TEXT NOT NULL,
  version INTEGER NOT NULL,
  key_generation INTEGER NOT NULL REFERENCES key_generations (generation),
  mac BLOB NOT NULL CHECK (length(mac) = 32),
  moved_at INTEGER NOT NULL,
  moved_by TEXT NOT NULL,
  PRIMARY KEY (secret_uid, environment)
) STRICT, WITHOUT ROWID;

CREATE INDEX secret_pointers_by_address ON secret_pointers (address);

CREATE TABLE rotations (
  id TEXT PRIMARY KEY NOT NULL,
  address TEXT NOT NULL,
  token_uid TEXT NOT NULL,
  phase TEXT NOT NULL,
  state TEXT NOT NULL,
  observe INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  next_at INTEGER,
  ended_at INTEGER
) STRICT;

CREATE INDEX rotations_by_address ON rotations (address);
-- A token has one rotation at a time.
CREATE UNIQUE INDEX rotations_open ON rotations (token_uid)
  WHERE ended_at IS NULL;

CREATE TABLE rotation_steps (
  id INTEGER PRIMARY KEY,
  rotation TEXT NOT NULL REFERENCES rotations (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  at INTEGER NOT NULL,
  step TEXT NOT NULL,
  target TEXT NOT NULL,
  details TEXT NOT NULL
) STRICT;

CREATE INDEX rotation_steps_by_rotation ON rotation_steps (rotation);

CREATE TABLE pending_values (
  credential TEXT PRIMARY KEY NOT NULL REFERENCES credentials (id),
  rotation TEXT NOT NULL REFERENCES rotations (id) ON DELETE CASCADE,
  sealed BLOB NOT NULL
) STRICT;

CREATE INDEX pending_values_by_rotation ON pending_values (rotation);
