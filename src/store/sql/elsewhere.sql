-- name: elsewhere_key_get
-- By name, or by public key: then the one that has not ended comes first.
SELECT * FROM elsewhere_key WHERE name = $1 OR hash = $1
	ORDER BY state DESC, name LIMIT 1;

-- name: elsewhere_key_named
SELECT name, state, request FROM elsewhere_key WHERE name = $1;

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
-- $9: 1, it is said to be at another place than before.
INSERT INTO elsewhere_key (name, hash, class, environment, document, state,
	state_since, request, created, seq, placed)
	VALUES ($1, $2, $3, $4, $5, 'registered', $7, $6, $7, $8, $8)
	ON CONFLICT (name) DO UPDATE SET hash = excluded.hash,
	document = excluded.document, request = excluded.request,
	seq = excluded.seq, placed = CASE WHEN CAST($9 AS BIGINT) = 1
		THEN excluded.placed ELSE elsewhere_key.placed END;

-- name: elsewhere_key_end
UPDATE elsewhere_key SET state = 'ended', state_since = $2, reason = $3,
	request = $4, seq = $5 WHERE name = $1;

-- name: elsewhere_key_product_put
INSERT INTO elsewhere_key_product (product, name) VALUES ($1, $2)
	ON CONFLICT (product, name) DO NOTHING;

-- name: elsewhere_cert_get
SELECT * FROM elsewhere_certificate WHERE fingerprint = $1;

-- name: elsewhere_cert_ours
-- The same, issued here.
SELECT id FROM certificate WHERE fingerprint = $1 ORDER BY id LIMIT 1;

-- name: elsewhere_cert_put
INSERT INTO elsewhere_certificate (fingerprint, serial, issuer, subject, ca,
	spki, not_before, not_after, owner, products, der, request, created,
	seq, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
	$13, $14, $15)
	ON CONFLICT (fingerprint) DO UPDATE SET owner = excluded.owner,
	products = excluded.products, request = excluded.request,
	seq = excluded.seq;

-- name: elsewhere_cert_product_put
INSERT INTO elsewhere_certificate_product (product, not_after, fingerprint,
	listed) VALUES ($1, $2, $3, $4)
	ON CONFLICT (product, not_after, fingerprint) DO NOTHING;

-- name: elsewhere_cert_list
-- The soonest end first, behind ($1, $2), of those that end before $3.
SELECT fingerprint, serial, issuer, subject, ca, spki, not_before, not_after,
	owner, products, request, created, revoked, reason, list, seq,
	version
	FROM elsewhere_certificate
	WHERE (not_after, fingerprint) > ($1, $2) AND not_after < $3
	ORDER BY not_after, fingerprint LIMIT $4;

-- name: elsewhere_cert_flock
-- The next of those that are looked at together; what they are is that of their
-- index, of which each has an entry to find the next.
SELECT (CASE WHEN issuer = subject THEN '' ELSE SUBSTR(issuer, 1, 200) END
	|| '|' || COALESCE(owner, '') || '|' || SUBSTR(products, 1, 400)) AS flock
	FROM elsewhere_certificate WHERE reason = '' AND
	(CASE WHEN issuer = subject THEN '' ELSE SUBSTR(issuer, 1, 200) END
	|| '|' || COALESCE(owner, '') || '|' || SUBSTR(products, 1, 400)) > $1
	ORDER BY 1 LIMIT 1;

-- name: elsewhere_cert_flock_ending
-- Those of one ($4) that no list names, and whether they go on: as
-- elsewhere_cert_ended tells it, but by key only under the same subject, since
-- of two names with one key the end of each is to be told; among the next hundred
-- of the key, so that one that very many share is not gone through for each.
SELECT c.*, CAST(CASE WHEN EXISTS (SELECT 1 FROM elsewhere_certificate AS n
		WHERE n.subject = c.subject AND n.issuer = c.issuer
		AND n.not_after > c.not_after AND n.subject <> ''
		AND n.reason = '')
	OR EXISTS (SELECT 1 FROM (SELECT k.subject FROM elsewhere_certificate AS k
		WHERE k.spki = c.spki AND k.not_after > c.not_after
		AND k.reason = '' ORDER BY k.not_after, k.fingerprint LIMIT 100)
		AS n WHERE n.subject = c.subject)
	THEN 1 ELSE 0 END AS BIGINT) AS followed
	FROM (SELECT fingerprint, serial, issuer, subject, ca, spki,
		not_before, not_after, owner, products, request, created,
		revoked, reason, list, seq, version
		FROM elsewhere_certificate WHERE reason = '' AND
	(CASE WHEN issuer = subject THEN '' ELSE SUBSTR(issuer, 1, 200) END
	|| '|' || COALESCE(owner, '') || '|' || SUBSTR(products, 1, 400)) = $4
		AND (not_after, fingerprint) > ($1, '') AND not_after < $3
		ORDER BY not_after, fingerprint LIMIT $2) AS c
	ORDER BY c.not_after, c.fingerprint;

-- name: elsewhere_cert_of_product
-- Each with whether a later one follows it, as elsewhere_cert_ended tells it. ("||"
-- keeps an engine from one key's very many, or from one name's.)
SELECT c.fingerprint, c.serial, c.issuer, c.subject, c.ca, c.spki,
	c.not_before, c.not_after, c.owner, c.products, c.request, c.created,
	c.revoked, c.reason, c.list, c.seq, c.version, CAST(CASE WHEN EXISTS (SELECT 1 FROM elsewhere_certificate AS n
		WHERE n.subject = c.subject AND n.issuer = c.issuer
		AND n.not_after > c.not_after AND n.subject <> ''
		AND n.reason = '')
	OR (c.subject <> '' AND EXISTS (
		SELECT 1 FROM elsewhere_certificate AS n
		WHERE n.subject = c.subject AND n.spki || '' = c.spki
		AND n.not_after > c.not_after AND n.reason = ''))
	OR (c.subject = '' AND EXISTS (
		SELECT 1 FROM elsewhere_certificate AS n
		WHERE n.spki = c.spki AND n.subject || '' = ''
		AND n.not_after > c.not_after AND n.reason = ''))
	THEN 1 ELSE 0 END AS BIGINT) AS followed
	FROM elsewhere_certificate AS c
	WHERE c.fingerprint IN (SELECT fingerprint
		FROM elsewhere_certificate_product WHERE product = $5
		AND (not_after, fingerprint) > ($1, $2) AND not_after < $3
		ORDER BY not_after, fingerprint LIMIT $4)
	ORDER BY c.not_after, c.fingerprint;

-- name: elsewhere_cert_of_spki
-- The same of one key.
SELECT c.fingerprint, c.serial, c.issuer, c.subject, c.ca, c.spki,
	c.not_before, c.not_after, c.owner, c.products, c.request, c.created,
	c.revoked, c.reason, c.list, c.seq, c.version, CAST(CASE WHEN EXISTS (SELECT 1 FROM elsewhere_certificate AS n
		WHERE n.subject = c.subject AND n.issuer = c.issuer
		AND n.not_after > c.not_after AND n.subject <> ''
		AND n.reason = '')
	OR (c.subject <> '' AND EXISTS (
		SELECT 1 FROM elsewhere_certificate AS n
		WHERE n.subject = c.subject AND n.spki || '' = c.spki
		AND n.not_after > c.not_after AND n.reason = ''))
	OR (c.subject = '' AND EXISTS (
		SELECT 1 FROM elsewhere_certificate AS n
		WHERE n.spki = c.spki AND n.subject || '' = ''
		AND n.not_after > c.not_after AND n.reason = ''))
	THEN 1 ELSE 0 END AS BIGINT) AS followed
	FROM elsewhere_certificate AS c
	WHERE c.spki = $5 AND (c.not_after, c.fingerprint) > ($1, $2)
	AND c.not_after < $3 ORDER BY c.not_after, c.fingerprint LIMIT $4;

-- name: elsewhere_cert_of_serial
SELECT fingerprint, serial, issuer, subject, ca, spki, not_before, not_after,
	owner, products, request, created, revoked, reason, list, seq,
	version
	FROM elsewhere_certificate
	WHERE serial = $5 AND (not_after, fingerprint) > ($1, $2)
	AND not_after < $3 ORDER BY not_after, fingerprint LIMIT $4;

-- name: elsewhere_cert_device_put
INSERT INTO elsewhere_certificate_device (device, not_after, fingerprint)
	VALUES ($1, $2, $3) ON CONFLICT (device, not_after, fingerprint) DO NOTHING;

-- name: elsewhere_cert_of_device
SELECT fingerprint, serial, issuer, subject, ca, spki, not_before, not_after,
	owner, products, request, created, revoked, reason, list, seq,
	version
	FROM elsewhere_certificate
	WHERE fingerprint IN (SELECT fingerprint
		FROM elsewhere_certificate_device WHERE device = $5
		AND (not_after, fingerprint) > ($1, $2) AND not_after < $3
		ORDER BY not_after, fingerprint LIMIT $4)
	ORDER BY not_after, fingerprint;

-- name: elsewhere_cert_count
-- How many a product line has that end from $2 on and before $3, with those
-- that a list names where $5 is 1; no more than $4 are counted.
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM (SELECT 1 AS one
	FROM elsewhere_certificate_product WHERE product = $1
	AND not_after >= $2 AND not_after < $3 AND listed <= $5 LIMIT $4)
	AS ending;

-- name: elsewhere_ca_named
SELECT fingerprint, der FROM elsewhere_certificate
	WHERE subject = $1 AND ca = 1
	ORDER BY not_after DESC, fingerprint LIMIT 16;

-- name: elsewhere_cert_listed
-- What a list's entry may mean: of two authorities of one name, either's.
SELECT fingerprint, der, not_after, products, revoked, reason, series
	FROM elsewhere_certificate WHERE serial = $1 AND issuer = $2
	ORDER BY fingerprint LIMIT 16;

-- name: elsewhere_cert_held
SELECT fingerprint, serial, not_after, products FROM elsewhere_certificate
	WHERE series = $1 AND reason = 'certificate-hold'
	ORDER BY fingerprint;

-- name: elsewhere_cert_mark
UPDATE elsewhere_certificate SET revoked = $2, reason = $3, series = $4,
	list = $5 WHERE fingerprint = $1;

-- name: elsewhere_cert_product_mark
UPDATE elsewhere_certificate_product SET listed = $4
	WHERE product = $1 AND not_after = $2 AND fingerprint = $3;

-- name: elsewhere_list_get
SELECT * FROM elsewhere_list WHERE series = $1;

-- name: elsewhere_list_put
INSERT INTO elsewhere_list (series, authority, list, number, this_update,
	request, created, seq, next_update)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
	ON CONFLICT (series) DO UPDATE SET authority = excluded.authority,
	list = excluded.list, number = excluded.number,
	this_update = excluded.this_update, request = excluded.request,
	created = excluded.created, seq = excluded.seq,
	next_update = excluded.next_update;

-- name: elsewhere_list_overdue
-- Those that a newer one should have followed before $1, the longest overdue
-- first: of authorities some certificate of which is in force then.
SELECT l.series, l.authority, l.number, l.next_update, c.subject, c.owner,
	c.products FROM elsewhere_list AS l
	CROSS JOIN elsewhere_certificate AS c
	WHERE l.next_update > 0 AND l.next_update < $1
	AND c.fingerprint = l.authority AND EXISTS (
		SELECT 1 FROM elsewhere_certificate AS n
		WHERE n.spki = c.spki AND n.not_after > $1 AND n.reason = ''
		AND n.ca = 1)
	ORDER BY l.next_update, l.series LIMIT $2;

-- name: elsewhere_cert_ended
-- What ended until $3, behind ($1, $2): each with whether it goes on, by name or
-- by key, in another that ends later.
SELECT c.fingerprint, c.serial, c.issuer, c.subject, c.ca, c.spki,
	c.not_before, c.not_after, c.owner, c.products, c.request, c.created,
	c.revoked, c.reason, c.list, c.seq, c.version, CAST(CASE WHEN EXISTS (
		SELECT 1 FROM elsewhere_certificate AS n
		WHERE n.subject = c.subject AND n.issuer = c.issuer
		AND n.not_after > c.not_after AND n.subject <> ''
		AND n.reason = '')
	OR EXISTS (SELECT 1 FROM elsewhere_certificate AS n
		WHERE n.spki = c.spki AND n.not_after > c.not_after
		AND n.reason = '') THEN 1 ELSE 0 END AS BIGINT) AS renewed
	FROM elsewhere_certificate AS c
	WHERE (c.not_after, c.fingerprint) > ($1, $2) AND c.not_after <= $3
	ORDER BY c.not_after, c.fingerprint LIMIT $4;

-- name: elsewhere_cert_of_owner
SELECT fingerprint, serial, issuer, subject, ca, spki, not_before, not_after,
	owner, products, request, created, revoked, reason, list, seq,
	version
	FROM elsewhere_certificate
	WHERE COALESCE(owner, '') = $1 AND (seq, fingerprint) > ($2, $3)
	ORDER BY seq, fingerprint LIMIT $4;

-- name: elsewhere_cert_of_no_product
SELECT fingerprint, serial, issuer, subject, ca, spki, not_before, not_after,
	owner, products, request, created, revoked, reason, list, seq,
	version
	FROM elsewhere_certificate
	WHERE (not_after, fingerprint) > ($1, $2) AND products = '[]'
	AND reason = '' ORDER BY not_after, fingerprint LIMIT $3;

-- name: elsewhere_cert_owner_next
SELECT COALESCE(owner, '') AS owner FROM elsewhere_certificate
	WHERE COALESCE(owner, '') > $1 ORDER BY COALESCE(owner, '') LIMIT 1;

-- name: elsewhere_cert_compromised
-- One of this key that its CA revoked because somebody else has it.
SELECT fingerprint FROM elsewhere_certificate WHERE spki = $1
	AND reason IN ('key-compromise', 'ca-compromise') LIMIT 1;

-- name: elsewhere_cert_bearers
-- The certificates themselves of a key, behind ($2, $3), but for the revoked.
SELECT fingerprint, not_after, der FROM elsewhere_certificate
	WHERE spki = $1 AND (not_after, fingerprint) > ($2, $3)
	AND (revoked = 0 OR reason = 'certificate-hold')
	ORDER BY not_after, fingerprint LIMIT $4;
