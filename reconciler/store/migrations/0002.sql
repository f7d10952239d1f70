-- Version 2. A resource's history was a scan of the whole journal.
CREATE INDEX journal_by_address ON journal (address);
