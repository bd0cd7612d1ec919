-- name: ledger_head
SELECT size, peaks FROM ledger_head;

-- name: ledger_head_set
UPDATE ledger_head SET size = $1, peaks = $2;

-- name: ledger_event_add
INSERT INTO event (seq, time, kind, actor, subject, leaf, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: ledger_node_add
INSERT INTO ledger_node (level, place, hash) VALUES ($1, $2, $3);

-- name: ledger_node
SELECT hash FROM ledger_node WHERE level = $1 AND place = $2;

-- name: ledger_leaf_hash
SELECT hash FROM event WHERE seq = $1;

-- name: ledger_leaf
SELECT leaf FROM event WHERE seq = $1;

-- name: ledger_seq_at
SELECT seq FROM event WHERE time >= $1 ORDER BY seq LIMIT 1;

-- name: ledger_page
SELECT seq, time, kind, actor, subject, leaf, hash FROM event
WHERE seq >= $1 AND seq < $2 ORDER BY seq LIMIT $3;

-- name: ledger_page_by_kind
SELECT seq, time, kind, actor, subject, leaf, hash FROM event
WHERE kind = $4 AND seq >= $1 AND seq < $2 ORDER BY seq LIMIT $3;

-- name: ledger_page_by_family
SELECT seq, time, kind, actor, subject, leaf, hash FROM event
WHERE substr(kind, 1, length($4)) = $4 AND seq >= $1 AND seq < $2
ORDER BY seq LIMIT $3;

-- name: ledger_page_by_subject
SELECT seq, time, kind, actor, subject, leaf, hash FROM event
WHERE subject = $4 AND seq >= $1 AND seq < $2 ORDER BY seq LIMIT $3;

-- name: ledger_checkpoint_put
INSERT INTO checkpoint (size, entries, time, note) VALUES ($1, $2, $3, $4)
ON CONFLICT (size) DO UPDATE
SET entries = excluded.entries, time = excluded.time, note = excluded.note
WHERE excluded.entries >= checkpoint.entries;

-- name: ledger_checkpoint_newest
SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1;

-- name: ledger_checkpoint_for
SELECT size, note FROM checkpoint WHERE size >= $1 ORDER BY size LIMIT 1;
