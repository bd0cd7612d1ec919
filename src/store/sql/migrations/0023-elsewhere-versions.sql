-- Certificates of other CAs may be of version 1 or 2, which say nothing of what
-- they are for; those that are there already are of version 3.
ALTER TABLE elsewhere_certificate
	ADD COLUMN version BIGINT NOT NULL DEFAULT 3;
