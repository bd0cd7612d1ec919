-- name: people_get
SELECT * FROM principal WHERE id = $1;

-- name: people_list
SELECT * FROM principal WHERE id > $1 ORDER BY id LIMIT $2;

-- name: people_put
INSERT INTO principal (id, kind, party, owners, groups, since, until, seq)
	VALUES ($1, $2, $3, $4, $5, $6, NULL, $7)
	ON CONFLICT (id) DO UPDATE SET kind = excluded.kind,
	party = excluded.party, owners = excluded.owners,
	groups = excluded.groups, until = NULL, seq = excluded.seq,
	since = CASE WHEN principal.until IS NULL THEN principal.since
		ELSE excluded.since END;

-- name: people_leave
-- Who was not put by this event has left the roster.
UPDATE principal SET until = $1, seq = $2 WHERE until IS NULL AND seq <> $2;

-- name: people_credential_put
INSERT INTO credential (id, principal, type, label, hash, created, expires,
	request, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: people_credential_revoke
UPDATE credential SET revoked = $2, reason = $3, seq = $4
	WHERE id = $1 AND revoked IS NULL;

-- name: people_key_of
SELECT * FROM credential WHERE hash = $1 AND type = 'tls-client'
	AND revoked IS NULL AND expires > $2 ORDER BY expires DESC, id LIMIT 1;

-- name: people_keys
SELECT DISTINCT hash FROM credential WHERE type = 'tls-client'
	AND revoked IS NULL AND expires > $1 ORDER BY hash LIMIT $2;

-- name: people_credential_get
SELECT * FROM credential WHERE id = $1;

-- name: people_credential_by_hash
SELECT credential.id AS id, credential.principal AS principal,
	credential.expires AS expires, principal.kind AS kind,
	principal.party AS party
	FROM credential JOIN principal ON principal.id = credential.principal
	WHERE credential.hash = $1 AND credential.type = $2
	AND credential.revoked IS NULL AND principal.until IS NULL
	ORDER BY credential.expires DESC LIMIT 1;

-- name: people_credential_list
SELECT * FROM credential WHERE id > $1 AND ($2 = '' OR principal = $2)
	ORDER BY id LIMIT $3;

-- name: people_credential_count
SELECT COUNT(*) AS n FROM credential WHERE revoked IS NULL AND expires > $1;

-- name: people_once_get
SELECT id, principal, expires, seq FROM credential
	WHERE hash = $1 AND type = 'enrolment' ORDER BY expires DESC LIMIT 1;

-- name: people_once_use
UPDATE credential SET revoked = $2, reason = 'used', seq = $3
	WHERE id = $1 AND type = 'enrolment' AND revoked IS NULL;

-- name: people_credential_ending
-- What somebody comes in by and ends next, unless the like of it ends later.
SELECT credential.id AS id, credential.principal AS principal,
	credential.type AS type, credential.label AS label,
	credential.created AS created, credential.expires AS expires
	FROM credential JOIN principal ON principal.id = credential.principal
	WHERE credential.revoked IS NULL AND credential.type <> 'enrolment'
	AND principal.until IS NULL AND credential.expires >= $1
	AND credential.expires < $2
	AND NOT EXISTS (SELECT later.id FROM credential AS later
		WHERE later.revoked IS NULL AND later.type <> 'enrolment'
		AND later.expires > credential.expires
		AND later.principal = credential.principal
		AND later.label = credential.label)
	ORDER BY credential.expires, credential.id LIMIT $3;
