-- Version 4: how often a credential was used, by day (days since 1970, UTC), so
-- that "in 7 days" is known. Refused tries and probes of writ's own don't count.
CREATE TABLE use_days (
  credential TEXT NOT NULL,
  day INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (credential, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX use_days_by_age ON use_days (day);
