-- The keys of client certificates by which somebody comes in: a password for each
-- device of a line stands among the credentials, too.
CREATE INDEX credential_tls ON credential (hash)
	WHERE type = 'tls-client' AND revoked IS NULL;
