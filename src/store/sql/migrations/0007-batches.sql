-- Batches of certificates: projections of the ledger.

CREATE TABLE batch (
	id		TEXT PRIMARY KEY,
	requester	TEXT NOT NULL,
	name		TEXT NOT NULL,
	ca		TEXT NOT NULL,
	profile		TEXT NOT NULL,
	opened		BIGINT NOT NULL,
	seq		BIGINT NOT NULL
);
-- What its requester calls it: who sends it again means the same one.
CREATE UNIQUE INDEX batch_name ON batch (requester, name);

-- Rows that got no certificate and wait for none.
CREATE TABLE batch_refused (
	batch		TEXT NOT NULL,
	hash		BYTEA NOT NULL,
	PRIMARY KEY (batch, hash)
);

ALTER TABLE certificate ADD COLUMN batch TEXT;
CREATE INDEX certificate_batch ON certificate (batch, id)
	WHERE batch IS NOT NULL;
-- One request has one certificate in a batch.
CREATE INDEX certificate_batch_csr ON certificate (batch, csr)
	WHERE batch IS NOT NULL;

ALTER TABLE request ADD COLUMN batch TEXT;
CREATE INDEX request_batch ON request (batch, state) WHERE batch IS NOT NULL;
