-- The nouns: every table here is a projection of the ledger, but for mark.

CREATE TABLE house (
	id		TEXT PRIMARY KEY,
	created		BIGINT NOT NULL,
	fingerprint	TEXT NOT NULL,
	genesis		TEXT NOT NULL,
	seq		BIGINT NOT NULL
);

-- Entries that a restore lost for good.
CREATE TABLE hole (
	seq		BIGINT PRIMARY KEY,
	first		BIGINT NOT NULL,
	last		BIGINT NOT NULL
);

CREATE TABLE charter (
	seq		BIGINT PRIMARY KEY,
	hash		TEXT NOT NULL,
	previous	TEXT NOT NULL,
	time		BIGINT NOT NULL,
	request		TEXT,
	document	TEXT NOT NULL
);
CREATE INDEX charter_hash ON charter (hash);

CREATE TABLE genesis_signature (
	officer		TEXT NOT NULL,
	credential	TEXT NOT NULL,
	signature	TEXT NOT NULL,
	seq		BIGINT NOT NULL,
	PRIMARY KEY (officer, credential)
);

CREATE TABLE principal (
	id		TEXT PRIMARY KEY,
	kind		TEXT NOT NULL,
	party		TEXT NOT NULL,
	owners		TEXT NOT NULL,
	groups		TEXT NOT NULL,
	since		BIGINT NOT NULL,
	until		BIGINT,
	seq		BIGINT NOT NULL
);

CREATE TABLE credential (
	id		TEXT PRIMARY KEY,
	principal	TEXT NOT NULL,
	type		TEXT NOT NULL,
	label		TEXT NOT NULL,
	hash		TEXT NOT NULL,
	created		BIGINT NOT NULL,
	expires		BIGINT NOT NULL,
	revoked		BIGINT,
	reason		TEXT,
	request		TEXT,
	seq		BIGINT NOT NULL
);
CREATE INDEX credential_hash ON credential (hash);

CREATE TABLE request (
	id		TEXT PRIMARY KEY,
	action		TEXT NOT NULL,
	key		TEXT NOT NULL,
	requester	TEXT NOT NULL,
	state		TEXT NOT NULL,
	rule		TEXT NOT NULL,
	rule_hash	TEXT NOT NULL,
	charter		TEXT NOT NULL,
	product		TEXT NOT NULL,
	track		TEXT NOT NULL,
	version		TEXT NOT NULL,
	digest		TEXT NOT NULL,
	have		BIGINT NOT NULL,
	need		BIGINT NOT NULL,
	created		BIGINT NOT NULL,
	expires		BIGINT NOT NULL,
	due		BIGINT,
	closed		BIGINT,
	reason		TEXT,
	stored		BIGINT NOT NULL,
	document	TEXT NOT NULL,
	proof		TEXT,
	facts		TEXT,
	seq		BIGINT NOT NULL,
	result_seq	BIGINT
);
CREATE INDEX request_open ON request (state, expires)
	WHERE closed IS NULL;

CREATE TABLE approval (
	request		TEXT NOT NULL,
	officer		TEXT NOT NULL,
	credential	TEXT NOT NULL,
	vote		TEXT NOT NULL,
	document	TEXT NOT NULL,
	reason		TEXT,
	time		BIGINT NOT NULL,
	seq		BIGINT NOT NULL,
	PRIMARY KEY (request, officer)
);

CREATE TABLE signing_window (
	id		TEXT PRIMARY KEY,
	state		TEXT NOT NULL,
	permit		TEXT NOT NULL,
	permit_hash	TEXT NOT NULL,
	rule		TEXT NOT NULL,
	opens		BIGINT NOT NULL,
	ends		BIGINT NOT NULL,
	opened		BIGINT NOT NULL,
	closed		BIGINT,
	reason		TEXT,
	seq		BIGINT NOT NULL
);

-- Who may stand for whom when the same is asked again.
CREATE TABLE idempotency (
	principal	TEXT NOT NULL,
	name		TEXT NOT NULL,
	request		TEXT NOT NULL,
	seq		BIGINT,
	time		BIGINT NOT NULL,
	PRIMARY KEY (principal, name)
);

CREATE TABLE denial (
	seq		BIGINT PRIMARY KEY,
	time		BIGINT NOT NULL,
	principal	TEXT NOT NULL,
	action		TEXT NOT NULL,
	key		TEXT NOT NULL,
	rule		TEXT NOT NULL
);

CREATE TABLE key (
	hash		TEXT PRIMARY KEY,
	name		TEXT NOT NULL UNIQUE,
	class		TEXT NOT NULL,
	kind		TEXT NOT NULL,
	environment	TEXT NOT NULL,
	algorithm	TEXT NOT NULL,
	scheme		TEXT NOT NULL,
	owner		TEXT NOT NULL,
	recovery	TEXT NOT NULL,
	exportable	TEXT NOT NULL,
	exclusive	BIGINT NOT NULL,
	uri		TEXT NOT NULL,
	spki		BYTEA,
	kcv		TEXT,
	products	TEXT NOT NULL,
	state		TEXT NOT NULL,
	state_since	BIGINT NOT NULL,
	compromised_since BIGINT NOT NULL,
	request		TEXT NOT NULL,
	created		BIGINT NOT NULL,
	seq		BIGINT NOT NULL
);

CREATE TABLE key_product (
	product		TEXT NOT NULL,
	key		TEXT NOT NULL,
	PRIMARY KEY (product, key)
);

CREATE TABLE key_state (
	key		TEXT NOT NULL,
	seq		BIGINT NOT NULL,
	state		TEXT NOT NULL,
	time		BIGINT NOT NULL,
	since		BIGINT NOT NULL,
	reason		TEXT,
	request		TEXT NOT NULL,
	actor		TEXT NOT NULL,
	PRIMARY KEY (key, seq)
);

-- What the keeper did, one row per journal entry, and so per signature.
CREATE TABLE entry (
	n		BIGINT PRIMARY KEY,
	hash		TEXT NOT NULL,
	op		TEXT NOT NULL,
	time		BIGINT NOT NULL,
	seq		BIGINT NOT NULL,
	request		TEXT NOT NULL,
	key		TEXT NOT NULL,
	principal	TEXT NOT NULL,
	rule		TEXT NOT NULL,
	digest		TEXT NOT NULL,
	signature	TEXT NOT NULL,
	product		TEXT,
	track		TEXT,
	version		TEXT,
	ordinal		BIGINT NOT NULL
);
CREATE UNIQUE INDEX entry_seq ON entry (seq);
CREATE INDEX entry_request ON entry (request, n);
CREATE INDEX entry_count ON entry (key, rule, principal, time);
CREATE INDEX entry_version ON entry (key, product, track, version)
	WHERE version IS NOT NULL;

CREATE TABLE product_version (
	product		TEXT NOT NULL,
	track		TEXT NOT NULL,
	version		TEXT NOT NULL,
	digest		TEXT NOT NULL,
	request		TEXT NOT NULL,
	time		BIGINT NOT NULL,
	seq		BIGINT NOT NULL,
	PRIMARY KEY (product, track)
);

-- Not a projection: entries that no event carries (an intent, a failure).
CREATE TABLE entry_silent (
	n		BIGINT PRIMARY KEY
);

-- Not a projection: how far something that only grows was looked at.
CREATE TABLE mark (
	name		TEXT PRIMARY KEY,
	value		BIGINT NOT NULL
);
