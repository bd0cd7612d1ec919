-- What other CAs have revoked: projections of the ledger.

-- reason is '' of what no list names, and then there is no time and no list.
ALTER TABLE elsewhere_certificate ADD COLUMN revoked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE elsewhere_certificate ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE elsewhere_certificate ADD COLUMN series TEXT NOT NULL DEFAULT '';
ALTER TABLE elsewhere_certificate ADD COLUMN list TEXT NOT NULL DEFAULT '';
-- 1: a list names it, so its end is nobody's to wait for.
ALTER TABLE elsewhere_certificate_product
	ADD COLUMN listed BIGINT NOT NULL DEFAULT 0;

CREATE INDEX elsewhere_certificate_subject
	ON elsewhere_certificate (subject, issuer, not_after);
CREATE INDEX elsewhere_certificate_held
	ON elsewhere_certificate (series, fingerprint)
	WHERE reason = 'certificate-hold';
-- By seq, so that what comes in together stands together.
CREATE INDEX elsewhere_certificate_owner
	ON elsewhere_certificate ((COALESCE(owner, '')), seq, fingerprint);

-- The newest of each series: of an authority's key, and of what its lists are for.
CREATE TABLE elsewhere_list (
	series		TEXT PRIMARY KEY,
	authority	TEXT NOT NULL,
	list		TEXT NOT NULL,
	number		TEXT NOT NULL,
	this_update	BIGINT NOT NULL,
	request		TEXT NOT NULL,
	created		BIGINT NOT NULL,
	seq		BIGINT NOT NULL
);
