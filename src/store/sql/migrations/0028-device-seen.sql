-- Devices by the market where their newest report saw them.
CREATE INDEX device_seen ON device (seen, serial) WHERE seen <> '';
