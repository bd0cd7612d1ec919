-- What was signed, by what was signed; op is 'sign' of signatures alone.
CREATE INDEX entry_digest ON entry (digest, n) WHERE op = 'sign';

-- Devices, as factories said, and what was last reported of each; one that only
-- got certificates has no row.
CREATE TABLE device (
	serial		TEXT PRIMARY KEY,
	product		TEXT NOT NULL,
	batch		TEXT NOT NULL,
	market		TEXT NOT NULL,
	keys		TEXT NOT NULL,
	made		BIGINT NOT NULL,
	factory		BIGINT NOT NULL,
	digest		TEXT NOT NULL,
	installed	BIGINT NOT NULL,
	seen		TEXT NOT NULL,
	request		TEXT NOT NULL,
	created		BIGINT NOT NULL,
	seq		BIGINT NOT NULL
);
CREATE INDEX device_product ON device (product, serial) WHERE product <> '';
CREATE INDEX device_batch ON device (batch, serial) WHERE batch <> '';
CREATE INDEX device_market ON device (market, serial) WHERE market <> '';
CREATE INDEX device_firmware ON device (product, digest) WHERE product <> '';

CREATE TABLE device_install (
	serial		TEXT NOT NULL,
	installed	BIGINT NOT NULL,
	digest		TEXT NOT NULL,
	market		TEXT NOT NULL,
	request		TEXT NOT NULL,
	seq		BIGINT NOT NULL,
	PRIMARY KEY (serial, installed, digest)
);
