-- How far a request has come that is performed by several events.

CREATE TABLE request_parts (
	request		TEXT PRIMARY KEY,
	parts		BIGINT NOT NULL
);
