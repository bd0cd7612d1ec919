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

-- name: device_get
SELECT * FROM device WHERE serial = $1;

-- name: device_put
INSERT INTO device (serial, product, batch, market, keys, made, factory,
	digest, installed, seen, request, created, seq)
	VALUES ($1, $2, $3, $4, $5, $6, 1, '', 0, '', $7, $8, $9)
	ON CONFLICT (serial) DO UPDATE SET product = excluded.product,
	batch = excluded.batch, market = excluded.market, keys = excluded.keys,
	made = excluded.made, factory = 1, request = excluded.request,
	seq = excluded.seq;

-- name: device_install_put
INSERT INTO device_install (serial, installed, digest, market, request, seq)
	VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (serial, installed, digest) DO NOTHING;

-- name: device_installed
-- The newest is what it runs, whichever was told first.
INSERT INTO device (serial, product, batch, market, keys, made, factory,
	digest, installed, seen, request, created, seq)
	VALUES ($1, '', '', '', '[]', 0, 0, $3, $2, $4, $5, $6, $7)
	ON CONFLICT (serial) DO UPDATE SET digest = excluded.digest,
	installed = excluded.installed, seen = excluded.seen
	WHERE device.digest = '' OR excluded.installed > device.installed;

-- name: device_install_known
SELECT serial FROM device_install
	WHERE serial = $1 AND installed = $2 AND digest = $3;

-- name: device_installs
-- The newest first; at one time the first that was told, as the device has it.
SELECT installed, digest, market, request FROM device_install
	WHERE serial = $1 ORDER BY installed DESC, seq,
	(SELECT CASE WHEN device.digest = device_install.digest THEN 0 ELSE 1
		END FROM device WHERE device.serial = device_install.serial),
	digest LIMIT $2;

-- name: device_line_put
-- Of one that nobody has said a line of, where the key $2 serves exactly one.
INSERT INTO device_line (serial, line, digest, seq)
	SELECT CAST($1 AS TEXT), MIN(product), COALESCE((SELECT digest
		FROM device WHERE serial = $1), ''), CAST($3 AS BIGINT)
	FROM key_product WHERE key = $2 AND NOT EXISTS (SELECT 1 FROM device
		WHERE serial = $1 AND product <> '')
	GROUP BY key HAVING COUNT(*) = 1
	ON CONFLICT (serial) DO NOTHING;

-- name: device_line_said
-- What somebody said takes its place.
DELETE FROM device_line WHERE serial = $1;

-- name: device_line_runs
UPDATE device_line SET digest = (SELECT digest FROM device WHERE serial = $1)
	WHERE serial = $1;

-- name: device_line_get
SELECT line FROM device_line WHERE serial = $1;

-- name: device_firmware_next
SELECT digest FROM (
	SELECT digest FROM (SELECT digest FROM device WHERE product = $1
		AND product <> '' AND digest > $2
		ORDER BY digest LIMIT 1) AS said
	UNION ALL SELECT digest FROM (SELECT digest FROM device_line
		WHERE line = $1 AND digest > $2
		ORDER BY digest LIMIT 1) AS issued) AS either
	ORDER BY digest LIMIT 1;

-- name: device_firmware_count
-- No more than $3 are looked at.
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM (
	SELECT one FROM (SELECT 1 AS one FROM device WHERE product = $1
		AND product <> '' AND digest = $2 LIMIT $3) AS said
	UNION ALL SELECT one FROM (SELECT 1 AS one FROM device_line
		WHERE line = $1 AND digest = $2 LIMIT $3) AS issued
	LIMIT $3) AS counted;

-- name: device_is_issued
SELECT id FROM certificate WHERE device = $1 AND device IS NOT NULL
	ORDER BY id LIMIT 1;

-- name: device_list
-- Behind $1, those that were entered and those that were given a certificate,
-- in the database's own order.
SELECT listed.serial AS serial FROM (
	SELECT serial FROM (SELECT serial FROM device WHERE serial > $1
		ORDER BY serial LIMIT $2) AS entered
	UNION SELECT serial FROM (SELECT DISTINCT device AS serial
		FROM certificate WHERE device IS NOT NULL AND device > $1
		ORDER BY device LIMIT $2) AS issued) AS listed
	ORDER BY listed.serial LIMIT $2;

-- name: device_of_product
SELECT serial FROM (
	SELECT serial FROM (SELECT serial FROM device WHERE product = $3
		AND product <> '' AND serial > $1
		ORDER BY serial LIMIT $2) AS said
	UNION ALL SELECT serial FROM (SELECT serial FROM device_line
		WHERE line = $3 AND serial > $1
		ORDER BY serial LIMIT $2) AS issued) AS either
	ORDER BY serial LIMIT $2;

-- name: device_of_batch
SELECT serial FROM device WHERE batch = $3 AND batch <> '' AND serial > $1
	ORDER BY serial LIMIT $2;

-- name: device_of_market
-- As its factory said, or where its newest report saw it.
SELECT serial FROM (
	SELECT serial FROM (SELECT serial FROM device WHERE market = $3
		AND market <> '' AND serial > $1
		ORDER BY serial LIMIT $2) AS said
	UNION SELECT serial FROM (SELECT serial FROM device WHERE seen = $3
		AND seen <> '' AND serial > $1
		ORDER BY serial LIMIT $2) AS reported) AS either
	ORDER BY serial LIMIT $2;

-- name: device_key_put
INSERT INTO device_key (key, serial) VALUES ($1, $2)
	ON CONFLICT (key, serial) DO NOTHING;

-- name: device_key_drop
DELETE FROM device_key WHERE key = $1 AND serial = $2;

-- name: device_bearers
-- The devices that have a key, behind $3: by its hash $1, by its name $2, or by
-- another name that its public key has had here.
SELECT bearer.serial AS serial, device.product AS product,
	device.batch AS batch, device.market AS market FROM (
	SELECT serial FROM (SELECT serial FROM device_key WHERE key = $1
		AND serial > $3 ORDER BY serial LIMIT $4) AS hashed
	UNION SELECT serial FROM (SELECT serial FROM device_key WHERE key = $2
		AND serial > $3 ORDER BY serial LIMIT $4) AS named
	UNION SELECT serial FROM (SELECT device_key.serial AS serial FROM (
		SELECT name FROM key WHERE hash = $1 UNION ALL
		SELECT name FROM elsewhere_key WHERE hash = $1 AND hash <> '')
		AS other CROSS JOIN device_key
		WHERE other.name <> $2 AND device_key.key = other.name
		AND device_key.serial > $3 ORDER BY device_key.serial LIMIT $4)
		AS renamed
	ORDER BY serial LIMIT $4) AS bearer CROSS JOIN device
	WHERE device.serial = bearer.serial ORDER BY bearer.serial;

-- name: device_bearers_count
-- How many these are: of those that have it by several names each is one.
SELECT CAST((SELECT COUNT(*) FROM device_key WHERE key = $1) + (
	SELECT COUNT(DISTINCT device_key.serial) FROM (
		SELECT CAST($2 AS TEXT) AS name UNION
		SELECT name FROM key WHERE hash = $1 UNION
		SELECT name FROM elsewhere_key WHERE hash = $1 AND hash <> '')
		AS label CROSS JOIN device_key
	WHERE label.name <> $1 AND device_key.key = label.name
	AND NOT EXISTS (SELECT 1 FROM device_key AS own WHERE own.key = $1
		AND own.serial = device_key.serial)) AS BIGINT) AS n;

-- name: device_key_other
-- Another device than $2 that has the key $1, by its hash or by a name that it
-- has here.  Any will do: no order, so that a key of a million devices is not
-- sorted.
SELECT serial FROM (
	SELECT serial FROM device_key WHERE key = $1 AND serial <> $2
	UNION ALL SELECT device_key.serial FROM key CROSS JOIN device_key
	WHERE key.hash = $1 AND device_key.key = key.name
	AND device_key.serial <> $2
	UNION ALL SELECT device_key.serial FROM elsewhere_key
	CROSS JOIN device_key
	WHERE elsewhere_key.hash = $1 AND elsewhere_key.hash <> ''
	AND device_key.key = elsewhere_key.name
	AND device_key.serial <> $2) AS bearer LIMIT 1;

-- name: device_key_own
-- The same of the device $2 itself.
SELECT serial FROM (
	SELECT serial FROM device_key WHERE key = $1 AND serial = $2
	UNION ALL SELECT device_key.serial FROM key CROSS JOIN device_key
	WHERE key.hash = $1 AND device_key.key = key.name
	AND device_key.serial = $2
	UNION ALL SELECT device_key.serial FROM elsewhere_key
	CROSS JOIN device_key
	WHERE elsewhere_key.hash = $1 AND elsewhere_key.hash <> ''
	AND device_key.key = elsewhere_key.name
	AND device_key.serial = $2) AS bearer LIMIT 1;
