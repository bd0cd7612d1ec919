-- What a request got is found by its key and itself, not among all of a profile.

DROP INDEX certificate_spki;
CREATE INDEX certificate_spki ON certificate (spki, csr, id);
