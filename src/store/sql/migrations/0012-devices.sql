-- What was signed, by what was signed; op is 'sign' of signatures alone.
CREATE INDEX entry_digest ON entry (digest, n) WHERE op = 'sign';
