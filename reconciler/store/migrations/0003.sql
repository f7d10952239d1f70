-- Version 3. Guards that writ.yaml sets judge the commit after them, too
-- (T-04), so they outlive the base record, which any apply removes.
CREATE TABLE guards (
  owner TEXT PRIMARY KEY NOT NULL,
  guards TEXT NOT NULL
) STRICT;
