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
