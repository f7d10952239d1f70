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
