-- name: store_write_lock
-- BEGIN IMMEDIATE has taken the one lock already.
SELECT size FROM ledger_head;
