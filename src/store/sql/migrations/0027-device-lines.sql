-- The product line of devices of which nobody has said one: that of the key of the
-- authority that first issued to them, where it serves exactly one.  A projection.
CREATE INDEX key_product_key ON key_product (key);
CREATE TABLE device_line (
	serial		TEXT PRIMARY KEY,
	line		TEXT NOT NULL,
	digest		TEXT NOT NULL,
	seq		BIGINT NOT NULL
);
CREATE INDEX device_line_serial ON device_line (line, serial);
CREATE INDEX device_line_firmware ON device_line (line, digest);
INSERT INTO device_line (serial, line, digest, seq)
	SELECT certificate.device, single.product, COALESCE(device.digest, ''),
	certificate.seq FROM certificate
	JOIN ca ON ca.name = certificate.ca
	JOIN (SELECT key, MIN(product) AS product FROM key_product GROUP BY key
		HAVING COUNT(*) = 1) AS single ON single.key = ca.key
	LEFT JOIN device ON device.serial = certificate.device
	WHERE certificate.device IS NOT NULL
	AND COALESCE(device.product, '') = ''
	ORDER BY certificate.seq
	ON CONFLICT (serial) DO NOTHING;
