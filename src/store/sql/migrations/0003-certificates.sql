-- Certificates: projections of the ledger, but for crl_der.
--
-- Serial numbers, fingerprints and names are octets: both engines order and
-- find those alike, whatever their collation.

CREATE TABLE ca (
	name		TEXT PRIMARY KEY,
	key		TEXT NOT NULL,
	key_name	TEXT NOT NULL,
	issuer		TEXT NOT NULL,
	profile		TEXT NOT NULL,
	state		TEXT NOT NULL,
	subject		TEXT NOT NULL,
	serial		BYTEA NOT NULL,
	fingerprint	BYTEA NOT NULL,
	der		BYTEA NOT NULL,
	not_before	BIGINT NOT NULL,
	not_after	BIGINT NOT NULL,
	urls		TEXT NOT NULL,
	partitions	BIGINT NOT NULL,
	responder	TEXT NOT NULL,
	imported	BIGINT NOT NULL,
	request		TEXT NOT NULL,
	created		BIGINT NOT NULL,
	retired		BIGINT,
	reason		TEXT,
	seq		BIGINT NOT NULL
);

CREATE TABLE certificate (
	id		TEXT PRIMARY KEY,
	ca		TEXT NOT NULL,
	serial		BYTEA NOT NULL,
	partition	BIGINT NOT NULL,
	profile		TEXT NOT NULL,
	subject		TEXT NOT NULL,
	spki		BYTEA NOT NULL,
	csr		BYTEA,
	fingerprint	BYTEA NOT NULL,
	device		TEXT,
	not_before	BIGINT NOT NULL,
	not_after	BIGINT NOT NULL,
	status		TEXT NOT NULL,
	reason		TEXT,
	revoked		BIGINT,
	invalid_since	BIGINT,
	changed		BIGINT,
	newest		BIGINT NOT NULL,
	request		TEXT NOT NULL,
	seq		BIGINT NOT NULL
);
CREATE UNIQUE INDEX certificate_serial ON certificate (serial, ca);
CREATE UNIQUE INDEX certificate_fingerprint ON certificate (fingerprint);
CREATE INDEX certificate_spki ON certificate (spki);
CREATE INDEX certificate_ca ON certificate (ca, id);
CREATE INDEX certificate_profile ON certificate (profile, id);
CREATE INDEX certificate_device ON certificate (device, id)
	WHERE device IS NOT NULL;
CREATE INDEX certificate_expiry ON certificate (not_after, id);
CREATE INDEX certificate_status ON certificate (status, id)
	WHERE status <> 'good';
-- What a CRL holds, in its order; and what a delta tells.
CREATE INDEX certificate_revoked ON certificate (ca, partition, serial)
	WHERE status <> 'good';
CREATE INDEX certificate_changed ON certificate (ca, partition, changed)
	WHERE changed IS NOT NULL;
-- A device has one certificate that counts, of each CA and profile.
CREATE UNIQUE INDEX certificate_newest ON certificate (device, ca, profile)
	WHERE newest = 1 AND device IS NOT NULL;

-- Apart: whoever reads many rows does not read these (1 KiB each).
CREATE TABLE certificate_der (
	certificate	TEXT PRIMARY KEY,
	der		BYTEA NOT NULL
);

-- Common names as "cn:" in lower case, alternative names as they are written.
CREATE TABLE certificate_name (
	name		BYTEA NOT NULL,
	certificate	TEXT NOT NULL,
	PRIMARY KEY (name, certificate)
);

-- Certificates that replaced a valid one of the same device: the quota.
CREATE TABLE rework (
	seq		BIGINT PRIMARY KEY,
	rule		TEXT NOT NULL,
	key		TEXT NOT NULL,
	principal	TEXT NOT NULL,
	time		BIGINT NOT NULL
);
CREATE INDEX rework_count ON rework (rule, key, principal, time);

CREATE TABLE crl (
	ca		TEXT NOT NULL,
	partition	BIGINT NOT NULL,
	number		BIGINT NOT NULL,
	base		BIGINT NOT NULL,
	this_update	BIGINT NOT NULL,
	next_update	BIGINT NOT NULL,
	hash		BYTEA NOT NULL,
	octets		BIGINT NOT NULL,
	entries		BIGINT NOT NULL,
	seq		BIGINT NOT NULL,
	PRIMARY KEY (ca, partition, number, base)
);

-- Not a projection: the newest lists themselves, full (0) and delta (1).
CREATE TABLE crl_der (
	ca		TEXT NOT NULL,
	partition	BIGINT NOT NULL,
	delta		BIGINT NOT NULL,
	number		BIGINT NOT NULL,
	der		BYTEA NOT NULL,
	PRIMARY KEY (ca, partition, delta)
);
