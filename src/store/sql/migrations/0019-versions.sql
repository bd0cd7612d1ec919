-- 4.0 and 4.00 are the same version: found by the spelling that policy/version.h gives
-- to all that are equal.  What is there already gets it here: '.' before each part and
-- behind the last, so that leading zeros go in powers of two, then those at the end,
-- then parts that were zero come back.  All that was taken are digits and dots.
ALTER TABLE request ADD COLUMN version_normal TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN version_normal TEXT NOT NULL DEFAULT '';

UPDATE request SET version_normal = COALESCE(NULLIF(ltrim(replace(replace(rtrim(
	replace(replace(replace(replace(replace(replace('.' || version || '.',
	'.00000000000000000000000000000000', '.'), '.0000000000000000', '.'),
	'.00000000', '.'), '.0000', '.'), '.00', '.'), '.0', '.'),
	'.'), '..', '.0.'), '..', '.0.'), '.'), ''), '0')
	WHERE version <> '';
UPDATE entry SET version_normal = COALESCE(NULLIF(ltrim(replace(replace(rtrim(
	replace(replace(replace(replace(replace(replace('.' || version || '.',
	'.00000000000000000000000000000000', '.'), '.0000000000000000', '.'),
	'.00000000', '.'), '.0000', '.'), '.00', '.'), '.0', '.'),
	'.'), '..', '.0.'), '..', '.0.'), '.'), ''), '0')
	WHERE version <> '';

DROP INDEX request_rivals;
CREATE INDEX request_rivals ON request (key, product, track, version_normal)
	WHERE closed IS NULL;
DROP INDEX entry_version;
CREATE INDEX entry_version ON entry (key, product, track, version_normal)
	WHERE version_normal <> '';
