-- name: artifact_get
-- Each signature over it, in the order of the journal.
SELECT entry.digest, entry.product, entry.track, entry.version, entry.key,
	key.name AS key_name, entry.request, entry.principal, entry.time,
	entry.seq FROM entry JOIN key ON key.hash = entry.key
	WHERE entry.digest = $1 AND entry.op = 'sign'
	ORDER BY entry.n LIMIT $2;

-- name: artifact_list
-- Of the $2 signatures before the event $1, the newest first.
SELECT entry.digest, entry.product, entry.track, entry.version, entry.key,
	key.name AS key_name, entry.request, entry.principal, entry.time,
	entry.seq FROM (SELECT seq FROM event
		WHERE kind = 'key.signed' AND seq < $1
		ORDER BY seq DESC LIMIT $2) AS signed
	CROSS JOIN entry CROSS JOIN key
	WHERE entry.seq = signed.seq AND key.hash = entry.key
	AND ($3 = '' OR entry.product = $3)
	AND ($4 = '' OR entry.version = $4)
	AND ($5 = '' OR entry.key = $5 OR key.name = $5)
	ORDER BY entry.seq DESC LIMIT $6;

-- name: artifact_looked
-- How far that looks, and over how many.
SELECT COALESCE(MIN(seq), 0) AS seq, CAST(COUNT(*) AS BIGINT) AS n
	FROM (SELECT seq FROM event WHERE kind = 'key.signed' AND seq < $1
		ORDER BY seq DESC LIMIT $2) AS looked;
