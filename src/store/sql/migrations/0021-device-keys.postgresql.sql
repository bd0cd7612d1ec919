-- Which keys were put into which device, by name or hash as its factory said: a
-- projection of the ledger, beside the words in the device's row.
CREATE TABLE device_key (
	key		TEXT NOT NULL,
	serial		TEXT NOT NULL,
	PRIMARY KEY (key, serial)
);
INSERT INTO device_key (key, serial) SELECT DISTINCT one.value, device.serial
	FROM device CROSS JOIN LATERAL
	jsonb_array_elements_text(CAST(device.keys AS jsonb)) AS one (value);
