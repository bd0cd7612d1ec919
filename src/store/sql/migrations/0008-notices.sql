-- What people are to be told.  No projections: replay leaves them out.

-- Requests whose approvers were told, until they end.
CREATE TABLE notice_follow (
	request		TEXT PRIMARY KEY,
	remind		BIGINT NOT NULL
);

CREATE TABLE notice (
	id		TEXT PRIMARY KEY,
	occasion	TEXT NOT NULL,
	request		TEXT NOT NULL,
	person		TEXT NOT NULL,
	channel		TEXT NOT NULL,
	state		TEXT NOT NULL,
	created		BIGINT NOT NULL,
	due		BIGINT NOT NULL,
	closed		BIGINT,
	tries		BIGINT NOT NULL,
	why		TEXT,
	about		TEXT NOT NULL
);
CREATE UNIQUE INDEX notice_once ON notice (request, occasion, person, channel)
	WHERE request <> '';
CREATE INDEX notice_due ON notice (channel, due, id) WHERE closed IS NULL;
CREATE INDEX notice_person ON notice (person, id);
CREATE INDEX notice_state ON notice (state, id);
CREATE INDEX notice_closed ON notice (closed) WHERE closed IS NOT NULL;
