-- How many of a rule's limit were used is told by two rows, not by counting all:
-- nth numbers them by rule, key and principal, in the journal's order; 0 is what
-- no limit counts.
ALTER TABLE entry ADD COLUMN nth BIGINT NOT NULL DEFAULT 0;
UPDATE entry SET nth = numbered.nth FROM (SELECT n, ROW_NUMBER() OVER
	(PARTITION BY key, rule, principal ORDER BY n) AS nth FROM entry
	WHERE op IN ('sign', 'certify')) AS numbered WHERE entry.n = numbered.n;
DROP INDEX entry_count;
CREATE INDEX entry_count ON entry (key, rule, principal, time, n, nth)
	WHERE nth > 0;
