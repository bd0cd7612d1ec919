-- Not a projection: OCSP answers that were signed, so that they outlive a restart.
-- What each says is not kept: it is drafted again, and the signature tells whether
-- it still is so.
CREATE TABLE ocsp_kept (
	ca		TEXT NOT NULL,
	serial		BYTEA NOT NULL,
	form		BIGINT NOT NULL,	-- how the CertID was spelled
	made		BIGINT NOT NULL,
	ends		BIGINT NOT NULL,
	signature	BYTEA NOT NULL,
	PRIMARY KEY (ca, serial, form)
);
CREATE INDEX ocsp_kept_ends ON ocsp_kept (ends);
