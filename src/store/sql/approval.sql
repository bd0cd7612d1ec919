-- name: approval_request_put
INSERT INTO request (id, action, key, requester, state, rule, rule_hash,
	charter, product, track, version, digest, have, need, created, expires,
	due, closed, stored, document, proof, facts, seq, result_seq,
	batch, version_normal)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $14,
	$15, NULL, $16, $17, $18, $19, $20, $21, $22, $23, $24);

-- name: approval_request_get
SELECT * FROM request WHERE id = $1;

-- name: approval_request_list
SELECT * FROM request WHERE ($1 = '' OR id < $1)
	AND ($2 = '' OR state = $2) AND ($3 = '' OR action = $3)
	AND ($4 = '' OR requester = $4) AND ($5 = '' OR key = $5)
	ORDER BY id DESC LIMIT $6;

-- name: approval_request_open
-- What waits to be done with a key, or is about to be.
SELECT * FROM request WHERE closed IS NULL AND state IN ('waiting', 'due')
	AND key = $1 ORDER BY expires, id LIMIT $2;

-- name: approval_request_count
UPDATE request SET have = $2,
	state = CASE WHEN CAST($3 AS BIGINT) = 1 THEN 'due' ELSE state END,
	due = CASE WHEN CAST($3 AS BIGINT) = 1 THEN CAST($4 AS BIGINT) ELSE due END
	WHERE id = $1 AND state = 'waiting';

-- name: approval_request_close
UPDATE request SET state = $2, reason = $3, closed = $4, result_seq = $5
	WHERE id = $1 AND closed IS NULL;

-- name: approval_request_done
UPDATE request SET state = 'done', closed = $2, result_seq = $3
	WHERE id = $1 AND state <> 'done';

-- name: approval_request_due
-- Without those that only their asker can bring on: see the next one.
SELECT id FROM request WHERE state = 'due' AND closed IS NULL
	AND NOT (action = 'key.sign' AND EXISTS (SELECT 1 FROM key
		WHERE key.hash = request.key AND key.scheme = 'ed25519'))
	ORDER BY expires, id LIMIT $1;

-- name: approval_request_awaiting
SELECT id FROM request WHERE state = 'due' AND closed IS NULL
	AND action = 'key.sign' AND EXISTS (SELECT 1 FROM key
		WHERE key.hash = request.key AND key.scheme = 'ed25519')
	AND id > $1 ORDER BY id LIMIT $2;

-- name: approval_request_overdue
SELECT id FROM request WHERE state = 'waiting' AND closed IS NULL
	AND expires <= $1 ORDER BY expires, id LIMIT $2;

-- name: approval_request_ending
-- What waits for approvals, the first to expire first.  A batch's document is large.
SELECT id, action, requester, have, need, created, expires, facts
	FROM request WHERE state = 'waiting' AND closed IS NULL
	AND expires > $1 AND expires < $2 ORDER BY expires, id LIMIT $3;

-- name: approval_request_rivals
SELECT id FROM request WHERE state = 'waiting' AND closed IS NULL
	AND action = 'key.sign' AND key = $1 AND product = $2 AND track = $3
	AND version_normal = $4 AND digest <> $5 ORDER BY id LIMIT 100;

-- name: approval_request_rival_due
SELECT id FROM request WHERE state = 'due' AND closed IS NULL
	AND action = 'key.sign' AND key = $1 AND product = $2 AND track = $3
	AND version_normal = $4 AND digest <> $5 ORDER BY id LIMIT 1;

-- name: approval_request_counts
SELECT state, COUNT(*) AS n FROM request GROUP BY state ORDER BY state;

-- name: approval_put
INSERT INTO approval (request, officer, credential, vote, document, reason,
	time, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: approval_list
SELECT * FROM approval WHERE request = $1 AND ($2 = '' OR vote = $2)
	ORDER BY officer, credential LIMIT 64;

-- name: approval_window_put
INSERT INTO signing_window (id, state, permit, permit_hash, rule, opens, ends,
	opened, seq) VALUES ($1, 'open', $2, $3, $4, $5, $6, $7, $8);

-- name: approval_window_close
UPDATE signing_window SET state = 'closed', closed = $2, reason = $3, seq = $4
	WHERE id = $1 AND state = 'open';

-- name: approval_window_get
SELECT * FROM signing_window WHERE id = $1;

-- name: approval_window_open
SELECT id FROM signing_window WHERE state = 'open' AND ends > $1
	ORDER BY id LIMIT 1000;

-- name: approval_window_list
SELECT signing_window.*, (SELECT COUNT(*) FROM entry
		WHERE entry.request = signing_window.id AND entry.op = 'sign')
		AS used
	FROM signing_window WHERE ($1 = '' OR id < $1)
	AND ($2 = '' OR state = $2) ORDER BY id DESC LIMIT $3;

-- name: approval_idempotency_get
SELECT request, seq FROM idempotency WHERE principal = $1 AND name = $2;

-- name: approval_idempotency_put
INSERT INTO idempotency (principal, name, request, seq, time)
	VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (principal, name) DO UPDATE SET request = excluded.request,
	seq = excluded.seq, time = excluded.time;

-- name: approval_idempotency_late
-- Of what ended so the same asking gets another (flow: makes_room).
INSERT INTO idempotency (principal, name, request, seq, time)
	VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (principal, name) DO UPDATE SET request = excluded.request,
	seq = excluded.seq, time = excluded.time
	WHERE EXISTS (SELECT 1 FROM request
		WHERE request.id = idempotency.request AND request.state
		IN ('expired', 'cancelled', 'superseded', 'denied'));

-- name: approval_request_keep
-- A request that came with its result; known already where it has several.
INSERT INTO request (id, action, key, requester, state, rule, rule_hash,
	charter, product, track, version, digest, have, need, created, expires,
	due, closed, stored, document, proof, facts, seq, result_seq,
	batch, version_normal)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $14,
	$15, NULL, $16, $17, $18, $19, $20, $21, $22, $23, $24)
	ON CONFLICT (id) DO NOTHING;

-- name: approval_parts
SELECT parts FROM request_parts WHERE request = $1;

-- name: approval_part_first
INSERT INTO request_parts (request, parts) VALUES ($1, 1);

-- name: approval_part_next
UPDATE request_parts SET parts = $2 WHERE request = $1
	AND parts = CAST($2 AS BIGINT) - 1;

-- name: approval_window_count
SELECT COUNT(*) AS n FROM signing_window WHERE state = 'open' AND ends > $1;
