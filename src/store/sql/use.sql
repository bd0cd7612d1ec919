-- name: use_put
INSERT INTO entry (n, hash, op, time, seq, request, key, principal, rule,
	digest, signature, product, track, version, ordinal, version_normal, nth)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
	$16, CASE WHEN $3 IN ('sign', 'certify') THEN 1 + COALESCE((SELECT nth
		FROM entry WHERE key = $7 AND rule = $9 AND principal = $8
		AND time <= $4 AND n < $1 AND nth > 0
		ORDER BY time DESC, n DESC LIMIT 1), 0) ELSE 0 END);

-- name: use_behind
-- The events of entries that were made together come in any order.
UPDATE entry SET nth = nth + 1 WHERE key = $1 AND rule = $2
	AND principal = $3 AND time >= $4 AND n > $5 AND nth > 0;

-- name: use_known
SELECT n FROM entry WHERE n = $1
	UNION ALL SELECT n FROM entry_silent WHERE n = $1;

-- name: use_highest
SELECT n FROM entry ORDER BY n DESC LIMIT 1;

-- name: use_run
-- The last entry of the unbroken run that begins at $1.
SELECT e.n AS n FROM entry AS e WHERE e.n >= $1
	AND NOT EXISTS (SELECT 1 FROM entry AS f WHERE f.n = e.n + 1)
	ORDER BY e.n LIMIT 1;

-- name: use_silent_put
INSERT INTO entry_silent (n) VALUES ($1) ON CONFLICT (n) DO NOTHING;

-- name: use_silent
SELECT n FROM entry_silent WHERE n = $1;

-- name: use_count
SELECT COALESCE((SELECT nth FROM entry WHERE key = $2 AND rule = $1
	AND principal = $3 AND nth > 0
	ORDER BY time DESC, n DESC LIMIT 1), 0) -
	COALESCE((SELECT nth FROM entry WHERE key = $2 AND rule = $1
	AND principal = $3 AND time <= $4 AND nth > 0
	ORDER BY time DESC, n DESC LIMIT 1), 0) AS n;

-- name: use_began
SELECT time FROM entry WHERE key = $2 AND rule = $1 AND principal = $3
	AND nth > 0 ORDER BY time, n LIMIT 1;

-- name: use_sum
-- Who used a key by which rule: the next behind these.
SELECT rule, principal FROM entry WHERE key = $1 AND nth > 0
	AND (rule, principal) > ($2, $3)
	ORDER BY rule, principal LIMIT 1;

-- name: use_sum_last
SELECT nth, time FROM entry WHERE key = $1 AND rule = $2 AND principal = $3
	AND nth > 0 ORDER BY time DESC, n DESC LIMIT 1;

-- name: use_of_request
SELECT COUNT(*) AS n FROM entry WHERE request = $1
	AND op IN ('sign', 'certify');

-- name: use_first
SELECT n, seq, time, key, principal, digest, signature FROM entry
	WHERE request = $1 AND op = 'sign' ORDER BY n LIMIT 1;

-- name: use_first_of
-- A window has many uses, an image few: no index is for what is no column.
SELECT n, seq, time, key, principal, digest, signature FROM entry
	WHERE digest = $2 AND op = 'sign' AND request || '' = $1
	ORDER BY n LIMIT 1;

-- name: use_signed
-- The index has no entries without a version, and is none for whoever may look for them.
SELECT digest FROM entry WHERE key = $1 AND product = $2 AND track = $3
	AND version_normal = $4 AND version_normal <> '' AND op = 'sign'
	ORDER BY n LIMIT 1;

-- name: use_total
SELECT COUNT(*) AS n FROM entry WHERE op = 'sign';

-- name: use_mark_get
SELECT value FROM mark WHERE name = $1;

-- name: use_mark_put
INSERT INTO mark (name, value) VALUES ($1, $2)
	ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: use_hole
SELECT last FROM hole WHERE first <= $1 AND last >= $1
	ORDER BY last DESC LIMIT 1;
