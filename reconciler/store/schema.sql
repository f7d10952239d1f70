-- The schema of state.db as the newest version has it: migrations/ in turn. For
-- readers; a test pins that the two agree. Times are microseconds since 1970,
-- digests are 32 raw bytes.

-- One row. The serial moves with what a plan depends on; high_water is the
-- latest wall clock time any writer saw; dirty stands from a session's first
-- write to its orderly end; the audit's head stands apart from its rows, so
-- that a tail that was cut off is missed.
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  lineage TEXT NOT NULL,
  environment TEXT NOT NULL,
  serial INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  restored INTEGER NOT NULL,
  high_water INTEGER NOT NULL,
  resource_count INTEGER NOT NULL,
  dirty INTEGER NOT NULL,
  audit_sequence INTEGER NOT NULL,
  audit_digest BLOB NOT NULL CHECK (length(audit_digest) = 32)
) STRICT;

-- Repositories; `resources` counts what each owns.
CREATE TABLE owners (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  resources INTEGER NOT NULL
) STRICT;

-- Where contents came from, each said once. Rows never change.
CREATE TABLE commits (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  subject TEXT NOT NULL,
  author TEXT NOT NULL,
  UNIQUE (hash, subject, author)
) STRICT;

-- What decisions look at. Contents lie apart, so that a scan of all resources
-- reads few pages.
CREATE TABLE resources (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL UNIQUE,
  parent TEXT,
  uid TEXT NOT NULL,
  owner_id INTEGER REFERENCES owners (id),
  generation INTEGER NOT NULL,
  content_digest BLOB NOT NULL CHECK (length(content_digest) = 32),
  desired_digest BLOB NOT NULL CHECK (length(desired_digest) = 32),
  bucket INTEGER NOT NULL,
  settled INTEGER NOT NULL,
  protect INTEGER NOT NULL,
  forget_on_delete INTEGER NOT NULL,
  implied INTEGER NOT NULL,
  status TEXT NOT NULL,
  commit_id INTEGER REFERENCES commits (id),
  file TEXT NOT NULL,
  origin_file TEXT,
  line INTEGER NOT NULL,
  col INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at INTEGER,
  created_serial INTEGER NOT NULL,
  changed_serial INTEGER NOT NULL
) STRICT;

CREATE INDEX resources_by_file ON resources (owner_id, file);
-- Answers a bucket by itself: the rows lie all over the table.
CREATE INDEX resources_by_bucket
  ON resources (owner_id, bucket, address, desired_digest);
CREATE INDEX resources_by_parent ON resources (parent)
  WHERE parent IS NOT NULL;
CREATE INDEX resources_unsettled ON resources (owner_id, address)
  WHERE settled = 0;

-- `applied` is absent where it is the same as the content.
CREATE TABLE contents (
  resource_id INTEGER PRIMARY KEY REFERENCES resources (id) ON DELETE CASCADE,
  content TEXT NOT NULL,
  applied TEXT
) STRICT;

-- Dependencies. The target is an address, since it may be another
-- repository's, or gone.
CREATE TABLE refs (
  source_id INTEGER NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
  target TEXT NOT NULL,
  PRIMARY KEY (source_id, target)
) STRICT, WITHOUT ROWID;

CREATE INDEX refs_by_target ON refs (target);

-- Moments at which time alone changes what is true of a resource.
CREATE TABLE time_edges (
  resource_id INTEGER NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  PRIMARY KEY (resource_id, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX time_edges_by_time ON time_edges (at);

-- The trash: a deleted resource as JSON.
CREATE TABLE deleted (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL,
  deleted_at INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  resource TEXT NOT NULL
) STRICT;

CREATE INDEX deleted_by_address ON deleted (address);

-- Event schemas' earlier contents.
CREATE TABLE schema_versions (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL,
  content TEXT NOT NULL
) STRICT;

CREATE INDEX schema_versions_by_address ON schema_versions (address);

-- What held at each owner's last complete apply.
CREATE TABLE bases (
  owner TEXT PRIMARY KEY NOT NULL,
  tree_id TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  inputs BLOB NOT NULL CHECK (length(inputs) = 32),
  kind_tables TEXT NOT NULL,
  writ_version TEXT NOT NULL,
  policies BLOB NOT NULL CHECK (length(policies) = 32),
  serial INTEGER NOT NULL,
  valid_until INTEGER,
  desired_count INTEGER NOT NULL,
  file_count INTEGER NOT NULL,
  desired_buckets BLOB NOT NULL
) STRICT;

-- What writ.yaml of each owner's last complete apply said of guards, as JSON
-- (reconciler/controller/applied_guards.h).
CREATE TABLE guards (
  owner TEXT PRIMARY KEY NOT NULL,
  guards TEXT NOT NULL
) STRICT;

CREATE TABLE applies (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  plan_digest TEXT NOT NULL,
  owner TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  outcome INTEGER NOT NULL,
  planned INTEGER NOT NULL,
  done INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  skipped INTEGER NOT NULL
) STRICT;

CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  apply_id TEXT NOT NULL,
  serial INTEGER NOT NULL,
  at INTEGER NOT NULL,
  address TEXT NOT NULL,
  action TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  commit_id INTEGER REFERENCES commits (id),
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  col INTEGER NOT NULL
) STRICT;

CREATE INDEX journal_by_address ON journal (address);

-- Lets a resource's history follow its names. `journal_id` is the newest
-- entry that was written under the old name.
CREATE TABLE renames (
  id INTEGER PRIMARY KEY,
  from_address TEXT NOT NULL,
  to_address TEXT NOT NULL,
  journal_id INTEGER NOT NULL
) STRICT;

CREATE INDEX renames_by_target ON renames (to_address);

-- Append-only, chained (audit_chain.h).
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  details TEXT NOT NULL,
  previous BLOB NOT NULL CHECK (length(previous) = 32),
  digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;

-- At most one row.
CREATE TABLE lease (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  holder TEXT NOT NULL,
  token TEXT NOT NULL,
  operation TEXT NOT NULL,
  heartbeat INTEGER NOT NULL,
  acquired_at INTEGER NOT NULL,
  ttl_ms INTEGER NOT NULL
) STRICT;

-- Master keys that the state has known (secret_records.h).
CREATE TABLE key_generations (
  generation INTEGER PRIMARY KEY,
  lineage TEXT NOT NULL,
  check_value BLOB NOT NULL CHECK (length(check_value) = 32),
  wrapped BLOB,
  unwraps_previous BLOB,
  created_at INTEGER NOT NULL,
  retired_at INTEGER
) STRICT;

-- Every token that was issued, by its SHA-256; `sequence` rises with each write
-- (credential_records.h).
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

-- Sealed values. Rows never change but for the key that seals them, and for
-- `sealed` when a version is destroyed.
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

-- Which version is current; 0: none.
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

-- Rotations, as engine/rotation has them; `observe` stands after a restore.
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

-- An intent before each effect of a rotation, its outcome after.
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

-- Values on their way to targets, sealed under a key that lies in a file of its
-- own and in no backup (T-15).
CREATE TABLE pending_values (
  credential TEXT PRIMARY KEY NOT NULL REFERENCES credentials (id),
  rotation TEXT NOT NULL REFERENCES rotations (id) ON DELETE CASCADE,
  sealed BLOB NOT NULL
) STRICT;

CREATE INDEX pending_values_by_rotation ON pending_values (rotation);
