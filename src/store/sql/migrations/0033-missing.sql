-- The entry of the inventory whose object a token did not show; '': none was named.
ALTER TABLE finding ADD COLUMN entry TEXT NOT NULL DEFAULT '';
CREATE INDEX finding_entry ON finding (entry) WHERE entry <> '';
-- Copies of credentials' keys are looked for by each credential.
CREATE INDEX finding_private_key ON finding (fingerprint)
	WHERE kind = 'private-key' AND state = 'open';
