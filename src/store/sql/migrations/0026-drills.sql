-- What was said of backups that were restored elsewhere: a projection of the ledger.
CREATE TABLE drill (
	seq		BIGINT PRIMARY KEY,
	drilled		BIGINT NOT NULL,
	principal	TEXT NOT NULL,
	request		TEXT NOT NULL
);
CREATE INDEX drill_newest ON drill (drilled, seq);
