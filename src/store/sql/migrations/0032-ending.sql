-- What ends is looked at by who issued it and, of other CAs, whose it is and which
-- lines it serves: no fleet takes the place of anything else.  Who issued itself
-- is of one kind with its like.
DROP INDEX certificate_single;
CREATE INDEX certificate_single ON certificate (ca, profile, not_after, id)
	WHERE device IS NULL AND status = 'good';
CREATE INDEX elsewhere_certificate_flock ON elsewhere_certificate
	((CASE WHEN issuer = subject THEN '' ELSE SUBSTR(issuer, 1, 200) END
	|| '|' || COALESCE(owner, '') || '|' || SUBSTR(products, 1, 400)),
	not_after, fingerprint) WHERE reason = '';
