-- Version 2: notifications. What a rule made of events (notifications), where
-- each has to go (deliveries), every try (attempts), how each destination does.

-- One row: up to which event rules were evaluated. Moves in the transaction
-- that keeps what they said. Events from before rules were looked at fire none.
CREATE TABLE notify_cursor (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sequence INTEGER NOT NULL
) STRICT;
INSERT INTO notify_cursor (id, sequence) SELECT 1, sequence FROM meta;

-- Groups that are open, as engine/notify/grouping.h has them, in JSON.
CREATE TABLE notify_groups (
  id TEXT PRIMARY KEY NOT NULL,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- `message` is JSON (reconciler/notify/message.h).
CREATE TABLE notifications (
  id TEXT PRIMARY KEY NOT NULL,
  rule TEXT NOT NULL,
  message TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX notifications_by_age ON notifications (created_at);

-- `destination` is an address. `state`: 0 pending, 1 delivered, 2 dead letter,
-- then with a reason. `attempts` counts from when it was queued or replayed.
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY NOT NULL,
  notification TEXT NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
  destination TEXT NOT NULL,
  critical INTEGER NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  settled_at INTEGER,
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_due ON deliveries (destination, critical, due_at)
  WHERE state = 0;
CREATE INDEX deliveries_by_age ON deliveries (created_at);
CREATE INDEX deliveries_by_notification ON deliveries (notification);

-- `status` is HTTP's, 0 where there was no answer; `response` the beginning of
-- it, without secrets.
CREATE TABLE delivery_attempts (
  id INTEGER PRIMARY KEY,
  delivery TEXT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  status INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  response TEXT NOT NULL
) STRICT;

CREATE INDEX delivery_attempts_by_delivery ON delivery_attempts (delivery);

-- By address. `spec` is the digest of the spec that `disabled` speaks of:
-- another spec switches the destination on again.
CREATE TABLE destination_health (
  destination TEXT PRIMARY KEY NOT NULL,
  failing_since INTEGER,
  last_counted INTEGER,
  counted INTEGER NOT NULL,
  wait_until INTEGER,
  disabled TEXT NOT NULL,
  spec TEXT NOT NULL
) STRICT, WITHOUT ROWID;
