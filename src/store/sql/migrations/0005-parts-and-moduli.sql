-- How far a request has come that is performed by several events.

CREATE TABLE request_parts (
	request		TEXT PRIMARY KEY,
	parts		BIGINT NOT NULL
);

-- Moduli of RSA keys that were generated or certified here, each once: no two
-- may share a prime.
CREATE TABLE rsa_modulus (
	spki		BYTEA PRIMARY KEY,
	modulus		BYTEA NOT NULL,
	seq		BIGINT NOT NULL
);
CREATE INDEX rsa_modulus_seq ON rsa_modulus (seq, spki);
