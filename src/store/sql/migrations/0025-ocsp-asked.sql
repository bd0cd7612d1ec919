-- When somebody last wanted an answer, as far as that was known when it was
-- made: it goes on being made for so long, also after a restart.
ALTER TABLE ocsp_kept ADD COLUMN asked BIGINT NOT NULL DEFAULT 0;
UPDATE ocsp_kept SET asked = made;
