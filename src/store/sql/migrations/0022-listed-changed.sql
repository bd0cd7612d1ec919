-- What a CA came with may be on hold, and so released, revoked or held again here.
ALTER TABLE ca_listed ADD COLUMN status TEXT NOT NULL DEFAULT 'revoked';
UPDATE ca_listed SET status = 'held' WHERE reason = 'certificate-hold';
-- When that was last done here; NULL: never.
ALTER TABLE ca_listed ADD COLUMN changed BIGINT;
CREATE INDEX ca_listed_changed ON ca_listed (ca, changed)
	WHERE changed IS NOT NULL;
