-- name: store_write_lock
-- The first statement of every write transaction, on every node: what is read
-- after it stays true until the commit.
SELECT size FROM ledger_head FOR UPDATE;
