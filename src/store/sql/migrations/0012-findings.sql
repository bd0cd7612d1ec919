-- What discovery has found, and nobody has entered: a projection of the ledger.

CREATE TABLE finding (
	id		TEXT PRIMARY KEY,
	kind		TEXT NOT NULL,
	place		TEXT NOT NULL,
	-- of the certificate or the public key; '' where nobody knows
	fingerprint	TEXT NOT NULL,
	fingerprint_octets BYTEA NOT NULL,
	document	TEXT NOT NULL,
	subject		TEXT,
	not_after	BIGINT NOT NULL,
	der		BYTEA,
	state		TEXT NOT NULL,
	state_since	BIGINT NOT NULL,
	-- of the dismissal, which outlives that it is gone
	reason		TEXT,
	-- who told it: nobody else says that it is gone
	teller		TEXT NOT NULL,
	request		TEXT NOT NULL,
	created		BIGINT NOT NULL,
	seq		BIGINT NOT NULL
);
CREATE INDEX finding_place ON finding (place, id);
CREATE INDEX finding_open ON finding (place, id) WHERE state = 'open';
