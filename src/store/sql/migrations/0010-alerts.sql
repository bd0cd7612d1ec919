-- What runs out, or is not as it should be.  No projection: replay leaves it out.
CREATE TABLE alert (
	id		TEXT PRIMARY KEY,
	watch		TEXT NOT NULL,
	subject		TEXT NOT NULL,
	threshold	BIGINT NOT NULL,
	ends		BIGINT NOT NULL,
	raised		BIGINT NOT NULL,
	changed		BIGINT NOT NULL,
	told		BIGINT NOT NULL,
	escalated	BIGINT NOT NULL,
	acked		BIGINT NOT NULL,
	acked_by	TEXT,
	note		TEXT,
	resolved	BIGINT NOT NULL,
	about		TEXT NOT NULL
);
CREATE UNIQUE INDEX alert_open ON alert (watch, subject) WHERE resolved = 0;
CREATE INDEX alert_ends ON alert (ends, id) WHERE resolved = 0;
CREATE INDEX alert_over ON alert (ends, id) WHERE resolved > 0;
CREATE INDEX alert_resolved ON alert (resolved) WHERE resolved > 0;

-- Which alert a notice is about; '': none.
ALTER TABLE notice ADD COLUMN alert TEXT NOT NULL DEFAULT '';
CREATE INDEX notice_alert ON notice (alert, person) WHERE alert <> '';

-- Certificates that no device has are watched one by one.
CREATE INDEX certificate_single ON certificate (not_after, id)
	WHERE device IS NULL AND status = 'good';
CREATE INDEX certificate_followed ON certificate
	(ca, profile, subject, not_after)
	WHERE device IS NULL AND status = 'good';
CREATE INDEX credential_followed ON credential (principal, label, expires)
	WHERE revoked IS NULL AND type <> 'enrolment';
CREATE INDEX credential_expires ON credential (expires, id)
	WHERE revoked IS NULL AND type <> 'enrolment';
