-- Where the private half of a key was found.
CREATE INDEX finding_fingerprint ON finding (fingerprint, place, id)
	WHERE kind IN ('private-key', 'token-key');
