-- name: store_ping
SELECT size FROM ledger_head;
