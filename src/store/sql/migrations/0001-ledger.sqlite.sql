-- The log of events, its tree, and the notes that the keeper signed over it.

CREATE TABLE event (
	seq	INTEGER PRIMARY KEY,	-- the leaf's index, from 0
	time	BIGINT NOT NULL,
	kind	TEXT NOT NULL,
	actor	TEXT NOT NULL,
	subject	TEXT NOT NULL,
	leaf	BYTEA NOT NULL,		-- canonical JSON
	hash	BYTEA NOT NULL		-- RFC 6962, 2.1: of the leaf
);
CREATE INDEX event_by_kind ON event (kind, seq);
CREATE INDEX event_by_subject ON event (subject, seq);
CREATE INDEX event_by_time ON event (time, seq);

-- The perfect trees above the leaves: 2^level leaves from place * 2^level on.
CREATE TABLE ledger_node (
	level	BIGINT NOT NULL,
	place	BIGINT NOT NULL,
	hash	BYTEA NOT NULL,
	PRIMARY KEY (level, place)
) WITHOUT ROWID;

-- One row: whoever writes holds it, so that the order of events is one.
CREATE TABLE ledger_head (
	id	BIGINT PRIMARY KEY CHECK (id = 0),
	size	BIGINT NOT NULL,
	peaks	BYTEA NOT NULL		-- compact range, largest tree first
);
INSERT INTO ledger_head (id, size, peaks) VALUES (0, 0, x'');

CREATE TABLE checkpoint (
	size	BIGINT PRIMARY KEY,
	entries	BIGINT NOT NULL,
	time	BIGINT NOT NULL,
	note	TEXT NOT NULL
);
