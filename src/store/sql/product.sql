-- name: product_highest
SELECT version, digest FROM product_version WHERE product = $1 AND track = $2;

-- name: product_known
SELECT product FROM key_product WHERE product = $1
	UNION ALL SELECT product FROM product_version WHERE product = $1
	UNION ALL SELECT product FROM elsewhere_key_product WHERE product = $1
	UNION ALL SELECT product FROM elsewhere_certificate_product
		WHERE product = $1
	UNION ALL SELECT product FROM device
		WHERE product = $1 AND product <> ''
	UNION ALL SELECT line AS product FROM device_line WHERE line = $1
	LIMIT 1;

-- name: product_names
-- Those that keys serve, and those for which versions were signed.
SELECT product FROM key_product UNION SELECT product FROM product_version
	UNION SELECT product FROM elsewhere_key_product ORDER BY product;

-- name: product_next
-- The first line behind $1 that anything names: an index entry of each table.
SELECT product FROM (
	SELECT product FROM (SELECT product FROM key_product
		WHERE product > $1 ORDER BY product LIMIT 1) AS of_key
	UNION ALL SELECT product FROM (SELECT product FROM product_version
		WHERE product > $1 ORDER BY product LIMIT 1) AS of_version
	UNION ALL SELECT product FROM (SELECT product
		FROM elsewhere_key_product
		WHERE product > $1 ORDER BY product LIMIT 1) AS of_entry
	UNION ALL SELECT product FROM (SELECT product
		FROM elsewhere_certificate_product
		WHERE product > $1 ORDER BY product LIMIT 1) AS of_other
	UNION ALL SELECT product FROM (SELECT product FROM device
		WHERE product > $1 AND product <> ''
		ORDER BY product LIMIT 1) AS of_device
	UNION ALL SELECT product FROM (SELECT line AS product
		FROM device_line WHERE line > $1
		ORDER BY line LIMIT 1) AS of_issued) AS any_of
	ORDER BY product LIMIT 1;

-- name: product_counts
-- What names a line; of certificates and devices no more than $2 are looked at.
SELECT CAST((SELECT COUNT(*) FROM key_product WHERE product = $1) AS BIGINT)
		AS keys,
	CAST((SELECT COUNT(*) FROM elsewhere_key_product WHERE product = $1)
		AS BIGINT) AS elsewhere,
	CAST((SELECT COUNT(*) FROM product_version WHERE product = $1)
		AS BIGINT) AS tracks,
	CAST((SELECT COUNT(*) FROM (SELECT 1 AS one
		FROM elsewhere_certificate_product WHERE product = $1
		LIMIT $2) AS other) AS BIGINT) AS others,
	CAST((SELECT COUNT(*) FROM (
		SELECT one FROM (SELECT 1 AS one FROM device
			WHERE product = $1 AND product <> '' LIMIT $2) AS said
		UNION ALL SELECT one FROM (SELECT 1 AS one FROM device_line
			WHERE line = $1 LIMIT $2) AS issued
		LIMIT $2) AS made) AS BIGINT) AS devices;

-- name: product_put
INSERT INTO product_version (product, track, version, digest, request, time, seq)
	VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (product, track) DO UPDATE SET version = excluded.version,
	digest = excluded.digest, request = excluded.request,
	time = excluded.time, seq = excluded.seq;

-- name: product_forget
DELETE FROM product_version;

-- name: product_list
SELECT * FROM product_version WHERE product > $1 OR (product = $1 AND track > $2)
	ORDER BY product, track LIMIT $3;
