-- name: finding_get
SELECT * FROM finding WHERE id = $1;

-- name: finding_put
-- One that is seen again is open again, or dismissed as it was; when it was
-- first seen stays.
INSERT INTO finding (id, kind, place, fingerprint, fingerprint_octets,
	document, subject, not_after, der, state, state_since, reason, teller,
	request, created, seq, entry) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,
	$9, 'open', $10, NULL, $11, $12, $10, $13, $14)
	ON CONFLICT (id) DO UPDATE SET document = excluded.document,
	entry = excluded.entry,
	state = CASE WHEN finding.reason IS NULL THEN excluded.state
		ELSE 'dismissed' END,
	state_since = excluded.state_since, teller = excluded.teller,
	request = excluded.request, seq = excluded.seq;

-- name: finding_end
UPDATE finding SET state = $2, state_since = $3,
	reason = COALESCE($4, reason), request = $5, seq = $6 WHERE id = $1;

-- name: finding_taken
-- Is it in the inventory?
SELECT CAST(1 AS BIGINT) AS one WHERE CASE WHEN $1 = 'certificate' THEN
		EXISTS (SELECT 1 FROM elsewhere_certificate
			WHERE fingerprint = $2)
		OR EXISTS (SELECT 1 FROM certificate WHERE fingerprint = $3)
		OR EXISTS (SELECT 1 FROM ca WHERE fingerprint = $3)
		OR EXISTS (SELECT 1 FROM ca_certificate WHERE fingerprint = $3)
	ELSE
		EXISTS (SELECT 1 FROM elsewhere_key
			WHERE hash = $2 AND hash <> '' AND state <> 'ended')
		OR EXISTS (SELECT 1 FROM key WHERE hash = $2)
	END;

-- name: finding_key
-- Whose private half is it?  An entry first, which says where it should be, then
-- a key of the house, then a certificate, the last to end first.
SELECT what, name, document FROM (
	SELECT 1 AS place, 'elsewhere' AS what, name, document
		FROM elsewhere_key
		WHERE hash = $1 AND hash <> '' AND state <> 'ended'
	UNION ALL SELECT 2, 'house', name, '' FROM key WHERE hash = $1
	UNION ALL SELECT 3, 'certificate', id, '' FROM (
		SELECT id FROM certificate WHERE spki = $2
		ORDER BY not_after DESC, id LIMIT 1) AS issued
	UNION ALL SELECT 4, 'certificate', fingerprint, '' FROM (
		SELECT fingerprint FROM elsewhere_certificate WHERE spki = $1
		ORDER BY not_after DESC, fingerprint LIMIT 1) AS entered
	) AS found ORDER BY place LIMIT 1;

-- name: finding_held
-- Open private keys that finding_key has an answer for.
SELECT * FROM finding WHERE state = 'open' AND (place, id) > ($1, $2)
	AND kind = 'private-key' AND fingerprint <> ''
	AND (EXISTS (SELECT 1 FROM elsewhere_key AS e
		WHERE e.hash = finding.fingerprint AND e.hash <> ''
		AND e.state <> 'ended')
	OR EXISTS (SELECT 1 FROM key WHERE key.hash = finding.fingerprint)
	OR EXISTS (SELECT 1 FROM certificate AS c
		WHERE c.spki = finding.fingerprint_octets)
	OR EXISTS (SELECT 1 FROM elsewhere_certificate AS c
		WHERE c.spki = finding.fingerprint))
	ORDER BY place, id LIMIT $3;

-- name: finding_of_key
SELECT * FROM finding WHERE kind = 'private-key' AND state = 'open'
	AND fingerprint = $1 ORDER BY place, id LIMIT $2;

-- name: finding_open
-- The same of those that are open: each look at what to warn of asks for them.
SELECT * FROM finding WHERE state = 'open' AND (place, id) > ($1, $2)
	AND ($3 = '' OR kind = $3)
	AND ($4 = '' OR place = $4 OR SUBSTR(place, 1, LENGTH($4) + 1)
		IN ($4 || '/', $4 || ';',
		CASE WHEN $4 LIKE 'tls://%' THEN $4 || ':' ELSE $4 || '/' END))
	ORDER BY place, id LIMIT $5;

-- name: finding_entry
-- Which entry lacks what is gone?  One that has not ended, and was not said since
-- to be elsewhere, if the token ($2) has this key ($1) under no other name, nor
-- had it since, and none of its label ($4), made anew, has it by now.
SELECT e.name, e.document FROM elsewhere_key AS e
	JOIN finding AS f ON f.id = $3
	WHERE (e.name = f.entry
		OR (f.entry = '' AND e.hash = $1 AND e.hash <> ''))
	AND e.state <> 'ended'
	AND e.placed < f.seq AND NOT EXISTS (SELECT 1 FROM finding AS o
		WHERE o.kind = 'token-key' AND o.fingerprint = $1
		AND o.fingerprint <> '' AND o.id <> f.id
		AND (((o.state <> 'gone' OR (o.seq, o.id) > (f.seq, f.id))
			AND SUBSTR(o.place, 1, LENGTH($2) + 1) = $2 || ';')
		OR (o.state <> 'gone' AND o.seq >= f.seq
			AND SUBSTR(o.place, 1, LENGTH($4) + 1) = $4 || ';')))
	AND NOT EXISTS (SELECT 1 FROM finding AS o WHERE o.entry = f.entry
		AND o.entry <> '' AND o.state <> 'gone')
	ORDER BY e.name LIMIT 1;

-- name: finding_absent
-- What finding_entry may have an answer for.
SELECT * FROM finding WHERE state = 'gone' AND kind = 'token-key'
	AND (place, id) > ($1, $2) AND ($3 = '' OR kind = $3)
	AND ($4 = '' OR place = $4 OR SUBSTR(place, 1, LENGTH($4) + 1)
		IN ($4 || '/', $4 || ';',
		CASE WHEN $4 LIKE 'tls://%' THEN $4 || ':' ELSE $4 || '/' END))
	AND (EXISTS (SELECT 1 FROM elsewhere_key AS e
		WHERE e.hash = finding.fingerprint AND e.hash <> ''
		AND e.state <> 'ended' AND e.placed < finding.seq)
	OR EXISTS (SELECT 1 FROM elsewhere_key AS e
		WHERE e.name = finding.entry AND e.state <> 'ended'
		AND e.placed < finding.seq))
	ORDER BY place, id LIMIT $5;

-- name: finding_copies
-- Where a private half lies, whatever was said of that.
SELECT * FROM finding WHERE fingerprint = $3 AND fingerprint <> ''
	AND (place, id) > ($1, $2) AND kind IN ('private-key', 'token-key') AND state <> 'gone'
	ORDER BY place, id LIMIT $4;

-- name: finding_copies_count
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM finding WHERE fingerprint = $1
	AND fingerprint <> '' AND kind IN ('private-key', 'token-key')
	AND state <> 'gone';

-- name: finding_list
-- By place, behind ($1, $2); '' as state: all that are not gone, and those that
-- an entry may lack; under a place is itself, and what is behind its / or ;,
-- and of a server's name its ports.
SELECT * FROM finding WHERE (place, id) > ($1, $2)
	AND CASE WHEN $3 = '' THEN state <> 'gone' OR kind = 'token-key'
		ELSE state = $3 END
	AND ($4 = '' OR kind = $4)
	AND ($5 = '' OR place = $5 OR SUBSTR(place, 1, LENGTH($5) + 1)
		IN ($5 || '/', $5 || ';',
		CASE WHEN $5 LIKE 'tls://%' THEN $5 || ':' ELSE $5 || '/' END))
	ORDER BY place, id LIMIT $6;
