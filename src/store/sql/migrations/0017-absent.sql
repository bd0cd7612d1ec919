-- Keys that live elsewhere and whose object a token holds no more: projections of the
-- ledger.

-- The event that last said where it is: what was seen before is no news of there.
ALTER TABLE elsewhere_key ADD COLUMN placed BIGINT NOT NULL DEFAULT 0;
UPDATE elsewhere_key SET placed = seq;

CREATE INDEX finding_absent ON finding (place, id)
	WHERE state = 'gone' AND kind = 'token-key';
CREATE INDEX finding_token_key ON finding (fingerprint)
	WHERE kind = 'token-key';
