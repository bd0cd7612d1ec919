-- name: key_get
SELECT * FROM key WHERE hash = $1 OR name = $1 LIMIT 1;

-- name: key_list
SELECT * FROM key WHERE name > $1
	AND ($2 = '' OR class = $2) AND ($3 = '' OR state = $3)
	AND ($4 = '' OR environment = $4)
	AND ($5 = '' OR EXISTS (SELECT 1 FROM key_product
		WHERE key_product.product = $5 AND key_product.key = key.hash))
	ORDER BY name LIMIT $6;

-- name: key_living
-- One that still lives.
SELECT name FROM key WHERE class = $1 AND state <> 'destroyed'
	ORDER BY name LIMIT 1;

-- name: key_all
SELECT * FROM key WHERE name > $1 ORDER BY name LIMIT $2;

-- name: key_of_product
-- A product line has few keys: they are sorted.
SELECT key.* FROM key_product JOIN key ON key.hash = key_product.key
	WHERE key_product.product = $3 AND key.name > $1
	ORDER BY key.name LIMIT $2;

-- name: key_activated
-- When it was first put to use.
SELECT time FROM key_state WHERE key = $1 AND state = 'active'
	ORDER BY seq LIMIT 1;

-- name: key_put
INSERT INTO key (hash, name, class, kind, environment, algorithm, scheme,
	owner, recovery, exportable, exclusive, uri, spki, kcv, products, state,
	state_since, compromised_since, request, created, seq)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
	$15, $16, $17, $18, $19, $20, $21);

-- name: key_product_put
INSERT INTO key_product (product, key) VALUES ($1, $2);

-- name: key_state_set
UPDATE key SET state = $2, state_since = $3,
	compromised_since = CASE WHEN $2 = 'compromised' THEN $4
		ELSE compromised_since END
	WHERE hash = $1;

-- name: key_state_put
INSERT INTO key_state (key, seq, state, time, since, reason, request, actor)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: key_state_list
SELECT state, time, since, reason, request, actor, seq FROM key_state
	WHERE key = $1 ORDER BY seq LIMIT 1000;

-- name: key_counts
SELECT state, COUNT(*) AS n FROM key GROUP BY state ORDER BY state;
