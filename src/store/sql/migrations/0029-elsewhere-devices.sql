-- Which devices the certificates of other CAs name (ca/bearer.h): a projection of
-- the ledger.  Those that were entered before have no row until a replay makes
-- the tables anew: no statement reads DER.
CREATE TABLE elsewhere_certificate_device (
	device		TEXT NOT NULL,
	not_after	BIGINT NOT NULL,
	fingerprint	TEXT NOT NULL,
	PRIMARY KEY (device, not_after, fingerprint)
);
