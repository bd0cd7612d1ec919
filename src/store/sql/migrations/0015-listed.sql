-- A revocation list is read from its index alone: each row of the table lies on a page
-- of its own, and of a million of them that was most of the time.  Only what is revoked
-- is in it, so issuing does not touch it.
DROP INDEX certificate_revoked;
CREATE INDEX certificate_revoked ON certificate (ca, partition, serial, status,
	reason, revoked, invalid_since, profile, not_after)
	WHERE status <> 'good';
