-- name: batch_put
INSERT INTO batch (id, requester, name, ca, profile, opened, seq)
	VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: batch_get
SELECT * FROM batch WHERE id = $1;

-- name: batch_find
SELECT * FROM batch WHERE requester = $1 AND name = $2;

-- name: batch_list
SELECT * FROM batch WHERE id < $1 AND ($3 = '' OR ca = $3)
	AND ($4 = '' OR requester = $4) ORDER BY id DESC LIMIT $2;

-- name: batch_counts
SELECT (SELECT COUNT(*) FROM certificate
		WHERE batch = $1 AND batch IS NOT NULL) AS done,
	(SELECT COUNT(*) FROM request
		WHERE batch = $1 AND batch IS NOT NULL
		AND state IN ('waiting', 'due')) AS waiting,
	(SELECT COUNT(*) FROM batch_refused WHERE batch = $1) AS failed;

-- name: batch_refused_put
INSERT INTO batch_refused (batch, hash) VALUES ($1, $2)
	ON CONFLICT (batch, hash) DO NOTHING;

-- name: batch_refused_end
DELETE FROM batch_refused WHERE batch = $1 AND hash = $2;

-- name: batch_refused_any
SELECT hash FROM batch_refused WHERE batch = $1 ORDER BY hash LIMIT 1;

-- name: batch_refused_is
SELECT hash FROM batch_refused WHERE batch = $1 AND hash = $2;

-- name: batch_certificate
-- What a request has got in a batch.
SELECT * FROM certificate WHERE batch = $1 AND csr = $2
	AND batch IS NOT NULL LIMIT 1;
