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
