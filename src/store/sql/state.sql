-- name: state_house_put
INSERT INTO house (id, created, fingerprint, genesis, seq)
	VALUES ($1, $2, $3, $4, $5);

-- name: state_house_get
SELECT * FROM house ORDER BY seq LIMIT 1;

-- name: state_hole_put
INSERT INTO hole (seq, first, last) VALUES ($1, $2, $3);

-- name: state_drill_put
INSERT INTO drill (seq, drilled, principal, request) VALUES ($1, $2, $3, $4);

-- name: state_restored
-- When the house began, when it was restored last, and the newest drill.
SELECT house.created AS founded, COALESCE((SELECT event.time FROM hole
	JOIN event ON event.seq = hole.seq ORDER BY hole.seq DESC LIMIT 1), 0)
	AS restored, COALESCE(newest.drilled, 0) AS drilled,
	COALESCE(newest.principal, '') AS principal,
	COALESCE(newest.request, '') AS request
	FROM house LEFT JOIN (SELECT drilled, principal, request FROM drill
		ORDER BY drilled DESC, seq DESC LIMIT 1) AS newest ON 1 = 1
	ORDER BY house.seq LIMIT 1;

-- name: state_charter_put
INSERT INTO charter (seq, hash, previous, time, request, document)
	VALUES ($1, $2, $3, $4, $5, $6);

-- name: state_charter_newest
SELECT * FROM charter ORDER BY seq DESC LIMIT 1;

-- name: state_charter_by_hash
SELECT * FROM charter WHERE hash = $1 ORDER BY seq LIMIT 1;

-- name: state_charter_list
SELECT seq, hash, previous, time, request,
	CASE WHEN CAST($1 AS BIGINT) = 1 THEN document ELSE NULL END AS document
	FROM charter ORDER BY seq LIMIT 10000;

-- name: state_genesis_signature_put
INSERT INTO genesis_signature (officer, credential, signature, seq)
	VALUES ($1, $2, $3, $4);

-- name: state_genesis_signature_list
SELECT * FROM genesis_signature ORDER BY seq LIMIT 4096;

-- name: state_denial_put
INSERT INTO denial (seq, time, principal, action, key, rule)
	VALUES ($1, $2, $3, $4, $5, $6);

-- name: state_denial_count
SELECT COUNT(*) AS n FROM denial;
