-- Authorities that were renewed, and those that follow others.

-- Which one goes on where another is to issue no more; '': none.
ALTER TABLE ca ADD COLUMN succeeds TEXT NOT NULL DEFAULT '';
CREATE INDEX ca_succeeds ON ca (succeeds, seq);

-- The number of the last list that another system signed for it; NULL: none.
-- Of its lists here (crl, crl_der) the number is how far it is above that.
ALTER TABLE ca ADD COLUMN crl_floor BYTEA;

-- What that list had on it: certificates of the other system.
CREATE TABLE ca_listed (
	ca		TEXT NOT NULL,
	serial		BYTEA NOT NULL,
	reason		TEXT NOT NULL,
	revoked		BIGINT NOT NULL,
	invalid_since	BIGINT,
	PRIMARY KEY (ca, serial)
);

-- Every certificate that an authority has had; the newest stands in ca too.
CREATE TABLE ca_certificate (
	fingerprint	BYTEA PRIMARY KEY,
	ca		TEXT NOT NULL,
	issuer		TEXT NOT NULL,
	serial		BYTEA NOT NULL,
	der		BYTEA NOT NULL,
	not_before	BIGINT NOT NULL,
	not_after	BIGINT NOT NULL,
	request		TEXT NOT NULL,
	seq		BIGINT NOT NULL
);
CREATE INDEX ca_certificate_ca ON ca_certificate (ca, seq);
