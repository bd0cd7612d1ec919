-- name: elsewhere_key_get
-- By name, or by public key: then the one that has not ended comes first.
SELECT * FROM elsewhere_key WHERE name = $1 OR hash = $1
	ORDER BY state DESC, name LIMIT 1;

-- name: elsewhere_key_named
SELECT name, state FROM elsewhere_key WHERE name = $1;

-- name: elsewhere_key_twin
-- Another entry with this public key that has not ended.
SELECT name FROM elsewhere_key
	WHERE hash = $1 AND hash <> '' AND name <> $2 AND state <> 'ended'
	ORDER BY name LIMIT 1;

-- name: elsewhere_key_list
SELECT * FROM elsewhere_key WHERE name > $1
	AND ($2 = '' OR class = $2) AND ($3 = '' OR state = $3)
	AND ($4 = '' OR environment = $4)
	AND ($5 = '' OR EXISTS (SELECT 1 FROM elsewhere_key_product
		WHERE elsewhere_key_product.product = $5
		AND elsewhere_key_product.name = elsewhere_key.name))
	ORDER BY name LIMIT $6;

-- name: elsewhere_key_put
INSERT INTO elsewhere_key (name, hash, class, environment, document, state,
	state_since, request, created, seq)
	VALUES ($1, $2, $3, $4, $5, 'registered', $7, $6, $7, $8)
	ON CONFLICT (name) DO UPDATE SET hash = excluded.hash,
	document = excluded.document, request = excluded.request,
	seq = excluded.seq;

-- name: elsewhere_key_end
UPDATE elsewhere_key SET state = 'ended', state_since = $2, reason = $3,
	request = $4, seq = $5 WHERE name = $1;

-- name: elsewhere_key_product_put
INSERT INTO elsewhere_key_product (product, name) VALUES ($1, $2)
	ON CONFLICT (product, name) DO NOTHING;
