-- When the next of a series of another CA's lists is due: as each list that was
-- taken says, and so the parameters of the request that it was taken by.
ALTER TABLE elsewhere_list ADD COLUMN next_update BIGINT NOT NULL DEFAULT 0;
UPDATE elsewhere_list SET next_update = COALESCE((SELECT 1000000 *
	CAST(EXTRACT(EPOCH FROM CAST(CAST(request.document AS jsonb)
	-> 'parameters' ->> 'next_update' AS timestamptz)) AS BIGINT)
	FROM request WHERE request.id = elsewhere_list.request), 0);
CREATE INDEX elsewhere_list_due ON elsewhere_list (next_update, series);
