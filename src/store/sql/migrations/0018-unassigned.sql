-- Certificates of other CAs that serve no product line: none may be looked for among
-- a million that do.
CREATE INDEX elsewhere_certificate_unassigned
	ON elsewhere_certificate (not_after, fingerprint)
	WHERE products = '[]' AND reason = '';
