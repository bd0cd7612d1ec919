-- What a request got is found by its key and itself, not among all of a profile.

DROP INDEX certificate_spki;
CREATE INDEX certificate_spki ON certificate (spki, csr, id);

-- Who asks for the same version of another image: not all that wait are read.
CREATE INDEX request_rivals ON request (key, product, track, version)
	WHERE closed IS NULL;
