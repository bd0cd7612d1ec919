-- name: finding_get
SELECT * FROM finding WHERE id = $1;

-- name: finding_put
-- One that is seen again is open again, or dismissed as it was; when it was
-- first seen stays.
INSERT INTO finding (id, kind, place, fingerprint, fingerprint_octets,
	document, subject, not_after, der, state, state_since, reason, teller,
	request, created, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
	'open', $10, NULL, $11, $12, $10, $13)
	ON CONFLICT (id) DO UPDATE SET document = excluded.document,
	state = CASE WHEN finding.reason IS NULL THEN excluded.state
		ELSE 'dismissed' END,
	state_since = excluded.state_since, teller = excluded.teller,
	request = excluded.request, seq = excluded.seq;

-- name: finding_end
UPDATE finding SET state = $2, state_since = $3,
	reason = COALESCE($4, reason), request = $5, seq = $6 WHERE id = $1;

-- name: finding_taken
-- Is it in the inventory?  A private key that lies somewhere is not, because a
-- token has the same: only where somebody says that it lives elsewhere.
SELECT CAST(1 AS BIGINT) AS one WHERE CASE WHEN $1 = 'certificate' THEN
		EXISTS (SELECT 1 FROM elsewhere_certificate
			WHERE fingerprint = $2)
		OR EXISTS (SELECT 1 FROM certificate WHERE fingerprint = $3)
		OR EXISTS (SELECT 1 FROM ca WHERE fingerprint = $3)
		OR EXISTS (SELECT 1 FROM ca_certificate WHERE fingerprint = $3)
	ELSE
		EXISTS (SELECT 1 FROM elsewhere_key
			WHERE hash = $2 AND hash <> '' AND state <> 'ended')
		OR ($1 <> 'private-key'
			AND EXISTS (SELECT 1 FROM key WHERE hash = $2))
	END;

-- name: finding_open
-- The same of those that are open: each look at what to warn of asks for them.
SELECT * FROM finding WHERE state = 'open' AND (place, id) > ($1, $2)
	AND ($3 = '' OR kind = $3)
	AND ($4 = '' OR place = $4 OR SUBSTR(place, 1, LENGTH($4) + 1)
		IN ($4 || '/', $4 || ';'))
	ORDER BY place, id LIMIT $5;

-- name: finding_list
-- By place, behind ($1, $2); '' as state: all that are not gone; under a place
-- is itself, and what is behind its / or ;.
SELECT * FROM finding WHERE (place, id) > ($1, $2)
	AND CASE WHEN $3 = '' THEN state <> 'gone' ELSE state = $3 END
	AND ($4 = '' OR kind = $4)
	AND ($5 = '' OR place = $5 OR SUBSTR(place, 1, LENGTH($5) + 1)
		IN ($5 || '/', $5 || ';'))
	ORDER BY place, id LIMIT $6;
