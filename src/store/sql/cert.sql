-- name: cert_ca_put
INSERT INTO ca (name, key, key_name, issuer, profile, state, subject, serial,
	fingerprint, der, not_before, not_after, urls, partitions, responder,
	imported, request, created, seq, succeeds, crl_floor)
	VALUES ($1, $2, $3, $4, $5, 'active', $6, $7, $8, $9, $10, $11, $12,
	$13, $14, $15, $16, $17, $18, $19, $20);

-- name: cert_ca_renew
UPDATE ca SET issuer = $2, profile = $3, serial = $4, fingerprint = $5,
	der = $6, not_before = $7, not_after = $8, imported = $9,
	request = $10, seq = $11, responder = COALESCE($12, responder)
	WHERE name = $1;

-- name: cert_ca_certificate_put
INSERT INTO ca_certificate (fingerprint, ca, issuer, serial, der, not_before,
	not_after, request, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: cert_ca_certificates
SELECT * FROM ca_certificate WHERE ca = $1 ORDER BY seq DESC LIMIT $2;

-- name: cert_ca_successor
SELECT name FROM ca WHERE succeeds = $1 AND state = 'active'
	ORDER BY seq DESC LIMIT 1;

-- name: cert_ca_get
SELECT * FROM ca WHERE name = $1;

-- name: cert_ca_changed
-- The last event of each kind that changes an authority, or what became of a
-- certificate, maybe its own.  For one list of kinds all of them would be read.
SELECT (SELECT MAX(seq) FROM event WHERE kind = 'ca.created') AS created,
	(SELECT MAX(seq) FROM event WHERE kind = 'ca.imported') AS imported,
	(SELECT MAX(seq) FROM event WHERE kind = 'ca.retired') AS retired,
	(SELECT MAX(seq) FROM event WHERE kind = 'cert.revoked') AS revoked,
	(SELECT MAX(seq) FROM event WHERE kind = 'cert.held') AS held,
	(SELECT MAX(seq) FROM event WHERE kind = 'cert.released') AS released;

-- name: cert_ca_list
SELECT * FROM ca WHERE name > $1 AND ($2 = '' OR state = $2)
	ORDER BY name LIMIT $3;

-- name: cert_ca_retire
UPDATE ca SET state = 'retired', retired = $2, reason = $3
	WHERE name = $1 AND state = 'active';

-- name: cert_ca_counts
SELECT state, COUNT(*) AS n FROM ca GROUP BY state ORDER BY state;

-- name: cert_put
INSERT INTO certificate (id, ca, serial, partition, profile, subject, spki,
	csr, fingerprint, device, not_before, not_after, status, newest,
	request, seq, batch)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'good', 1,
	$13, $14, $15);

-- name: cert_der_put
INSERT INTO certificate_der (certificate, der) VALUES ($1, $2);

-- name: cert_name_put
INSERT INTO certificate_name (name, certificate) VALUES ($1, $2)
	ON CONFLICT (name, certificate) DO NOTHING;

-- name: cert_get
SELECT * FROM certificate WHERE id = $1;

-- name: cert_der_get
SELECT der FROM certificate_der WHERE certificate = $1;

-- name: cert_by_serial
SELECT * FROM certificate WHERE serial = $1 AND ca = $2;

-- name: cert_newest
SELECT * FROM certificate WHERE device = $1 AND ca = $2 AND profile = $3
	AND newest = 1 AND device IS NOT NULL;

-- name: cert_of_device
-- What counts of a device by a profile, of each authority.
SELECT * FROM certificate WHERE device = $1 AND profile = $2
	AND newest = 1 AND device IS NOT NULL ORDER BY ca;

-- name: cert_newest_end
UPDATE certificate SET newest = 0 WHERE id = $1;

-- name: cert_spki_devices
-- Under which other device is this key?  The first; to sort them would take a
-- table even where there is none.
SELECT device FROM certificate AS earliest WHERE id = (SELECT MIN(id) AS id
	FROM certificate WHERE spki = $1 AND device IS NOT NULL AND device <> $2);

-- name: cert_select
-- All of a CA in the order of issuing, with who asked for each.
SELECT certificate.*, request.requester FROM certificate
	LEFT JOIN request ON request.id = certificate.request
	WHERE certificate.ca = $1 AND certificate.id > $2
	AND certificate.id < $3 AND certificate.seq < $5
	ORDER BY certificate.id LIMIT $4;

-- name: cert_select_device
SELECT certificate.*, request.requester FROM certificate
	LEFT JOIN request ON request.id = certificate.request
	WHERE certificate.device = $6 AND certificate.id > $2
	AND certificate.id < $3 AND certificate.ca = $1
	AND certificate.seq < $5
	ORDER BY certificate.id LIMIT $4;

-- name: cert_select_spki
SELECT certificate.*, request.requester FROM certificate
	LEFT JOIN request ON request.id = certificate.request
	WHERE certificate.spki = $6 AND certificate.id > $2
	AND certificate.id < $3 AND certificate.ca = $1
	AND certificate.seq < $5
	ORDER BY certificate.id LIMIT $4;

-- name: cert_select_batch
SELECT certificate.*, request.requester FROM certificate
	LEFT JOIN request ON request.id = certificate.request
	WHERE certificate.batch = $6 AND certificate.id > $2
	AND certificate.id < $3 AND certificate.ca = $1
	AND certificate.seq < $5
	ORDER BY certificate.id LIMIT $4;

-- name: cert_modulus_put
INSERT INTO rsa_modulus (spki, modulus, seq) VALUES ($1, $2, $3)
	ON CONFLICT (spki) DO NOTHING;

-- name: cert_modulus_get
-- It is known; and was looked at, if it is certified.
SELECT spki, CASE WHEN EXISTS (SELECT 1 FROM certificate
	WHERE certificate.spki = $1) THEN CAST(1 AS BIGINT) ELSE 0 END AS looked
	FROM rsa_modulus WHERE spki = $1;

-- name: cert_moduli
SELECT spki, modulus, seq FROM rsa_modulus WHERE (seq, spki) > ($1, $2)
	ORDER BY seq, spki LIMIT $3;

-- name: cert_change
UPDATE certificate SET status = $2, reason = $3, revoked = $4,
	invalid_since = $5, changed = $6 WHERE id = $1;

-- name: cert_list
-- "+" keeps an engine from walking by expiry and sorting all of it.
SELECT * FROM certificate WHERE id < $1
	AND ($3 = '' OR ca = $3) AND ($4 = '' OR profile = $4)
	AND ($5 = '' OR status = $5) AND ($6 = '' OR device = $6)
	AND +not_after >= $7 AND +not_after < $8 ORDER BY id DESC LIMIT $2;

-- name: cert_list_ca
SELECT * FROM certificate WHERE ca = $3 AND id < $1
	AND ($4 = '' OR profile = $4)
	AND ($5 = '' OR status = $5) AND ($6 = '' OR device = $6)
	AND +not_after >= $7 AND +not_after < $8 ORDER BY id DESC LIMIT $2;

-- name: cert_list_profile
SELECT * FROM certificate WHERE profile = $4 AND id < $1
	AND ($3 = '' OR ca = $3)
	AND ($5 = '' OR status = $5) AND ($6 = '' OR device = $6)
	AND +not_after >= $7 AND +not_after < $8 ORDER BY id DESC LIMIT $2;

-- name: cert_list_status
SELECT * FROM certificate WHERE status = $5 AND status <> 'good' AND id < $1
	AND ($3 = '' OR ca = $3) AND ($4 = '' OR profile = $4)
	AND ($6 = '' OR device = $6)
	AND +not_after >= $7 AND +not_after < $8 ORDER BY id DESC LIMIT $2;

-- name: cert_list_device
SELECT * FROM certificate WHERE device = $6 AND id < $1
	AND ($3 = '' OR ca = $3) AND ($4 = '' OR profile = $4)
	AND ($5 = '' OR status = $5)
	AND +not_after >= $7 AND +not_after < $8 ORDER BY id DESC LIMIT $2;

-- name: cert_list_batch
SELECT * FROM certificate WHERE batch = $9 AND batch IS NOT NULL AND id < $1
	AND ($3 = '' OR ca = $3) AND ($4 = '' OR profile = $4)
	AND ($5 = '' OR status = $5) AND ($6 = '' OR device = $6)
	AND +not_after >= $7 AND +not_after < $8 ORDER BY id DESC LIMIT $2;

-- name: cert_list_serial
SELECT * FROM certificate WHERE serial = $9 AND id < $1
	AND ($3 = '' OR ca = $3) AND ($4 = '' OR profile = $4)
	AND ($5 = '' OR status = $5) AND ($6 = '' OR device = $6)
	AND +not_after >= $7 AND +not_after < $8 ORDER BY id DESC LIMIT $2;

-- name: cert_list_fingerprint
SELECT * FROM certificate WHERE fingerprint = $9 AND id < $1
	AND ($3 = '' OR ca = $3) AND ($4 = '' OR profile = $4)
	AND ($5 = '' OR status = $5) AND ($6 = '' OR device = $6)
	AND +not_after >= $7 AND +not_after < $8 ORDER BY id DESC LIMIT $2;

-- name: cert_list_expiry
-- The soonest first.
SELECT * FROM certificate WHERE (not_after, id) > ($7, $1) AND not_after < $8
	AND ($3 = '' OR ca = $3) AND ($4 = '' OR profile = $4)
	AND ($5 = '' OR status = $5) AND ($6 = '' OR device = $6)
	ORDER BY not_after, id LIMIT $2;

-- name: cert_list_name
-- By name, from ($9, $1) on to before $10.
SELECT certificate.*, certificate_name.name AS found FROM certificate_name
	JOIN certificate ON certificate.id = certificate_name.certificate
	WHERE (certificate_name.name, certificate_name.certificate) > ($9, $1)
	AND certificate_name.name < $10
	AND ($3 = '' OR ca = $3) AND ($4 = '' OR profile = $4)
	AND ($5 = '' OR status = $5) AND ($6 = '' OR device = $6)
	AND +not_after >= $7 AND +not_after < $8
	ORDER BY certificate_name.name, certificate_name.certificate LIMIT $2;

-- name: cert_revoked
-- What a full CRL holds: behind a serial number, in the order of octets, which
-- is that of numbers for ours.  The first one has what the CA came with.
SELECT serial, profile, not_after, reason, revoked, invalid_since
	FROM certificate WHERE ca = $1 AND partition = $2 AND serial > $3
	AND status <> 'good'
	UNION ALL SELECT serial, '' AS profile, CAST(0 AS BIGINT) AS not_after,
	reason, revoked, invalid_since
	FROM ca_listed WHERE ca = $1 AND CAST($2 AS BIGINT) = 0 AND serial > $3
	AND status <> 'good' ORDER BY serial LIMIT $4;

-- name: cert_listed_put
INSERT INTO ca_listed (ca, serial, reason, revoked, invalid_since, status)
	VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (ca, serial) DO NOTHING;

-- name: cert_listed_get
SELECT reason, revoked, invalid_since, status FROM ca_listed
	WHERE ca = $1 AND serial = $2;

-- name: cert_listed_change
UPDATE ca_listed SET status = $3, reason = $4, revoked = $5,
	invalid_since = $6, changed = $7 WHERE ca = $1 AND serial = $2;

-- name: cert_listed_count
SELECT COUNT(*) AS n FROM ca_listed WHERE ca = $1;

-- name: cert_changed
-- What a delta tells: all that changed at or after a moment.
SELECT serial, profile, not_after, reason, revoked, invalid_since
	FROM certificate WHERE ca = $1 AND partition = $2 AND changed >= $3
	AND changed IS NOT NULL AND serial > $4
	UNION ALL SELECT serial, '' AS profile, CAST(0 AS BIGINT) AS not_after,
	CASE WHEN status = 'good' THEN NULL ELSE reason END AS reason,
	revoked, invalid_since
	FROM ca_listed WHERE ca = $1 AND CAST($2 AS BIGINT) = 0
	AND changed >= $3 AND changed IS NOT NULL AND serial > $4
	ORDER BY serial LIMIT $5;

-- name: cert_untold
-- How many changed after the newest list that was shown, and the first of them
-- when.  By the event of the list: its own time has whole seconds.
SELECT (SELECT COUNT(*) FROM certificate WHERE ca = $1 AND partition = $2
	AND changed > told.time AND changed IS NOT NULL) +
	(SELECT COUNT(*) FROM ca_listed WHERE ca = $1
	AND CAST($2 AS BIGINT) = 0 AND changed > told.time
	AND changed IS NOT NULL) AS n,
	(SELECT MIN(changed) FROM certificate WHERE ca = $1 AND partition = $2
	AND changed > told.time AND changed IS NOT NULL) AS ours,
	(SELECT MIN(changed) FROM ca_listed WHERE ca = $1
	AND CAST($2 AS BIGINT) = 0 AND changed > told.time
	AND changed IS NOT NULL) AS listed
	FROM event AS told WHERE told.seq = COALESCE((SELECT seq FROM crl
	WHERE ca = $1 AND partition = $2 AND next_update > 0
	ORDER BY number DESC, base DESC LIMIT 1), 0);

-- name: cert_counts
SELECT CAST(COALESCE(SUM(revoked), 0) AS BIGINT) AS revoked,
	CAST(COALESCE(SUM(held), 0) AS BIGINT) AS held FROM certificate_stock;

-- name: cert_rework_put
INSERT INTO rework (seq, rule, key, principal, time)
	VALUES ($1, $2, $3, $4, $5);

-- name: cert_rework_count
SELECT COUNT(*) AS n FROM rework WHERE rule = $1 AND key = $2
	AND principal = $3 AND time > $4;

-- name: cert_crl_put
INSERT INTO crl (ca, partition, number, base, this_update, next_update, hash,
	octets, entries, seq)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: cert_crl_newest
SELECT * FROM crl WHERE ca = $1 AND partition = $2
	AND (CASE WHEN base = 0 THEN 0 ELSE 1 END) = CAST($3 AS BIGINT)
	ORDER BY number DESC LIMIT 1;

-- name: cert_crl_bases
-- The newest two full lists, which the keeper takes as a delta's base.
SELECT * FROM crl WHERE ca = $1 AND partition = $2 AND base = 0
	ORDER BY number DESC LIMIT 2;

-- name: cert_crl_highest
SELECT number FROM crl WHERE ca = $1 AND partition = $2
	ORDER BY number DESC, base DESC LIMIT 1;

-- name: cert_crl_der_put
INSERT INTO crl_der (ca, partition, delta, number, der)
	VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (ca, partition, delta) DO UPDATE SET
	number = excluded.number, der = excluded.der
	WHERE excluded.number >= crl_der.number;

-- name: cert_crl_der_get
SELECT number, der FROM crl_der WHERE ca = $1 AND partition = $2
	AND delta = $3;

-- name: cert_ocsp_put
INSERT INTO ocsp_kept (ca, serial, form, made, ends, signature, asked)
	VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (ca, serial, form) DO UPDATE SET
	made = excluded.made, ends = excluded.ends,
	signature = excluded.signature, asked = excluded.asked
	WHERE excluded.made >= ocsp_kept.made;

-- name: cert_ocsp_get
SELECT made, ends, signature FROM ocsp_kept
	WHERE ca = $1 AND serial = $2 AND form = $3;

-- name: cert_ocsp_asked
SELECT ca, serial, form, made, ends, asked FROM ocsp_kept WHERE ends > $1
	ORDER BY ends;

-- name: cert_ocsp_stale
-- Those of them whose certificates changed since, or in that second: from what changed
-- lately, as there may be ten millions that did not.
SELECT k.ca, k.serial, k.form, k.made, k.ends, k.asked
	FROM certificate c CROSS JOIN ocsp_kept k
	WHERE c.changed IS NOT NULL
	AND c.changed >= (SELECT MIN(made) FROM ocsp_kept)
	AND k.ca = c.ca AND k.serial = c.serial AND k.made <= c.changed
	AND k.ends > $1
UNION ALL SELECT k.ca, k.serial, k.form, k.made, k.ends, k.asked
	FROM ca_listed c CROSS JOIN ocsp_kept k
	WHERE c.changed IS NOT NULL
	AND c.changed >= (SELECT MIN(made) FROM ocsp_kept)
	AND k.ca = c.ca AND k.serial = c.serial AND k.made <= c.changed
	AND k.ends > $1;

-- name: cert_ocsp_end
DELETE FROM ocsp_kept WHERE ends <= $1;

-- name: cert_ocsp_last
-- The end of the one behind the $1 that end last.
SELECT ends FROM ocsp_kept ORDER BY ends DESC LIMIT 1 OFFSET $1;

-- name: cert_spki_compromised
-- A certificate of this key that was revoked because somebody else has it.
SELECT id FROM certificate WHERE spki = $1
	AND reason IN ('key-compromise', 'ca-compromise') LIMIT 1;

-- name: cert_of_csr
-- The newest that a CA gave for this very request, by its key; of those that
-- have ended by $5, where that is a time.
SELECT * FROM certificate WHERE spki = $1 AND csr = $2 AND ca = $3
	AND profile = $4 AND (CAST($5 AS BIGINT) = 0 OR status = 'revoked' OR not_after < $5)
	ORDER BY id DESC LIMIT 1;

-- name: cert_ca_before
-- Whom it succeeds.
SELECT succeeds FROM ca WHERE name = $1;

-- name: cert_of_key
-- The newest that a CA issued to a key and that is not revoked.
SELECT * FROM certificate WHERE spki = $1 AND ca = $2 AND profile = $3
	AND status = 'good' ORDER BY not_after DESC LIMIT 1;

-- name: cert_ca_revoked
-- Its certificate that issues, or any of a key that somebody else has.
SELECT certificate.* FROM ca_certificate JOIN certificate
	ON certificate.fingerprint = ca_certificate.fingerprint
	WHERE ca_certificate.ca = $1 AND certificate.status <> 'good'
	AND (certificate.fingerprint = $2 OR certificate.reason = 'ca-compromise'
	OR certificate.reason = 'key-compromise') LIMIT 1;

-- name: cert_ca_names
SELECT name FROM ca ORDER BY name;

-- name: cert_ca_all
-- Which authority has which key.
SELECT * FROM ca ORDER BY name;

-- name: cert_issuers
-- Of the newest certificates of a key.
SELECT DISTINCT ca FROM (SELECT ca, status FROM certificate WHERE spki = $1
	ORDER BY id DESC LIMIT 1000) AS bounded WHERE status = 'good' ORDER BY ca;

-- name: cert_stock_get
SELECT * FROM certificate_stock WHERE ca = $1;

-- name: cert_stock_add
INSERT INTO certificate_stock (ca, issued, revoked, held)
	VALUES ($1, $2, $3, $4) ON CONFLICT (ca) DO UPDATE
	SET issued = certificate_stock.issued + excluded.issued,
	revoked = certificate_stock.revoked + excluded.revoked,
	held = certificate_stock.held + excluded.held;

-- name: cert_ending
-- The next that end, of whichever authority: what the index has, so that no row
-- of thousands is read for being counted.
SELECT id, ca, status, not_after FROM certificate
	WHERE (not_after, id) > ($1, '') AND not_after < $3
	ORDER BY not_after, id LIMIT $2;

-- name: cert_end_get
SELECT id, ca, profile, subject, device, status, newest, not_before,
	not_after FROM certificate WHERE id = $1;

-- name: cert_single_flock
-- The next profile of an authority by which it issued to no device.
SELECT ca, profile FROM certificate WHERE device IS NULL AND status = 'good'
	AND ca = $1 AND profile > $2 ORDER BY profile LIMIT 1;

-- name: cert_single_flock_behind
-- The first of the next authority.  (One comparison of both would go through all
-- that it leaves behind.)
SELECT ca, profile FROM certificate WHERE device IS NULL AND status = 'good'
	AND ca > $1 ORDER BY ca, profile LIMIT 1;

-- name: cert_ending_single
-- The same of those of one authority ($4) and profile ($5) that no device has, and
-- whether a later one like it follows, or it is an authority's here.
SELECT bounded.*, CAST(CASE WHEN EXISTS (SELECT ca_certificate.seq
		FROM ca_certificate
		WHERE ca_certificate.fingerprint = bounded.fingerprint)
	OR (bounded.subject <> '' AND EXISTS (SELECT later.id
		FROM certificate AS later WHERE later.device IS NULL
		AND later.status = 'good' AND later.ca = bounded.ca
		AND later.profile = bounded.profile AND later.subject = bounded.subject
		AND later.not_after > bounded.not_after))
	THEN 1 ELSE 0 END AS BIGINT) AS followed
	FROM (SELECT id, ca, profile, subject, device, status, newest,
		not_before, not_after, fingerprint FROM certificate
		WHERE device IS NULL AND status = 'good' AND ca = $4
		AND profile = $5 AND (not_after, id) > ($1, '')
		AND not_after < $3 ORDER BY not_after, id LIMIT $2) AS bounded
	ORDER BY bounded.not_after, bounded.id;

-- name: cert_ending_devices
-- The same of those that devices have now.
SELECT id, ca, profile, subject, device, status, newest, not_before,
	not_after FROM certificate
	WHERE device IS NOT NULL AND newest = 1 AND status = 'good'
	AND (not_after, id) > ($1, '') AND not_after < $3
	ORDER BY not_after, id LIMIT $2;

-- name: cert_ending_all
-- The next that end, whichever: what a walk looks at is bounded, also where few of
-- them are what it looks for.
SELECT id, ca, profile, subject, device, status, newest, not_before,
	not_after FROM certificate
	WHERE (not_after, id) > ($1, '') AND not_after < $3
	ORDER BY not_after, id LIMIT $2;

-- name: cert_ca_profiles
-- What an authority has issued lately.
SELECT DISTINCT profile FROM (SELECT profile FROM certificate WHERE ca = $1
	ORDER BY id DESC LIMIT 200) AS bounded ORDER BY profile;

-- name: cert_of_spki
-- For one key, the newest first, behind the page before; each with whether a later
-- one follows it, as cert_ending_single and cert_ending_devices tell it.
SELECT certificate.*, CAST(CASE WHEN device IS NOT NULL AND newest = 0 THEN 1
	WHEN device IS NULL AND subject <> '' AND EXISTS (SELECT later.id
		FROM certificate AS later WHERE later.device IS NULL
		AND later.status = 'good' AND later.ca = certificate.ca
		AND later.profile = certificate.profile
		AND later.subject = certificate.subject
		AND later.not_after > certificate.not_after)
	THEN 1 ELSE 0 END AS BIGINT) AS followed
	FROM certificate WHERE spki = $1 AND id < $3
	ORDER BY id DESC LIMIT $2;
