-- How many certificates each authority has issued, and what became of them: a
-- projection of the ledger that issuing and revoking keep.  Whoever commits holds the
-- head of the ledger already, so nobody waits for these rows besides.
CREATE TABLE certificate_stock (
	ca		TEXT PRIMARY KEY,
	issued		BIGINT NOT NULL,
	revoked		BIGINT NOT NULL,
	held		BIGINT NOT NULL
);
INSERT INTO certificate_stock (ca, issued, revoked, held)
	SELECT ca, COUNT(*),
	CAST(SUM(CASE WHEN status = 'revoked' THEN 1 ELSE 0 END) AS BIGINT),
	CAST(SUM(CASE WHEN status = 'held' THEN 1 ELSE 0 END) AS BIGINT)
	FROM certificate GROUP BY ca;
