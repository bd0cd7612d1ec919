-- What lives elsewhere: projections of the ledger.

CREATE TABLE elsewhere_key (
	name		TEXT PRIMARY KEY,
	hash		TEXT NOT NULL,
	class		TEXT NOT NULL,
	environment	TEXT NOT NULL,
	document	TEXT NOT NULL,
	state		TEXT NOT NULL,
	state_since	BIGINT NOT NULL,
	reason		TEXT,
	request		TEXT NOT NULL,
	created		BIGINT NOT NULL,
	seq		BIGINT NOT NULL
);
CREATE INDEX elsewhere_key_hash ON elsewhere_key (hash) WHERE hash <> '';

CREATE TABLE elsewhere_key_product (
	product		TEXT NOT NULL,
	name		TEXT NOT NULL,
	PRIMARY KEY (product, name)
);

CREATE TABLE elsewhere_certificate (
	fingerprint	TEXT PRIMARY KEY,
	serial		TEXT NOT NULL,
	issuer		TEXT NOT NULL,
	subject		TEXT NOT NULL,
	ca		BIGINT NOT NULL,
	spki		TEXT NOT NULL,
	not_before	BIGINT NOT NULL,
	not_after	BIGINT NOT NULL,
	owner		TEXT,
	products	TEXT NOT NULL,
	der		BYTEA NOT NULL,
	request		TEXT NOT NULL,
	created		BIGINT NOT NULL,
	seq		BIGINT NOT NULL
);
CREATE INDEX elsewhere_certificate_end
	ON elsewhere_certificate (not_after, fingerprint);
CREATE INDEX elsewhere_certificate_spki
	ON elsewhere_certificate (spki, not_after, fingerprint);
CREATE INDEX elsewhere_certificate_serial
	ON elsewhere_certificate (serial, issuer);

CREATE TABLE elsewhere_certificate_product (
	product		TEXT NOT NULL,
	not_after	BIGINT NOT NULL,
	fingerprint	TEXT NOT NULL,
	PRIMARY KEY (product, not_after, fingerprint)
);
