-- name: alert_each
SELECT * FROM alert WHERE resolved = 0 ORDER BY ends, id LIMIT $1;

-- name: alert_put
-- An acknowledgement that came meanwhile stays, unless there is news ($13).
INSERT INTO alert (id, watch, subject, threshold, ends, raised, changed, told,
	escalated, acked, resolved, about)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
	ON CONFLICT (id) DO UPDATE SET threshold = excluded.threshold,
	ends = excluded.ends, changed = excluded.changed, told = excluded.told,
	escalated = excluded.escalated, resolved = excluded.resolved,
	about = excluded.about, acked = CASE WHEN CAST($13 AS BIGINT) = 1
		THEN 0 ELSE alert.acked END;

-- name: alert_ack
UPDATE alert SET acked = $2, acked_by = $3, note = $4 WHERE id = $1;

-- name: alert_forget
DELETE FROM alert WHERE resolved > 0 AND resolved < $1;

-- name: alert_get
SELECT * FROM alert WHERE id = $1;

-- name: alert_list
SELECT * FROM alert WHERE resolved = 0 AND (ends, id) > ($1, $2)
	AND ($3 = '' OR watch = $3) AND CASE $4 WHEN 'open' THEN acked = 0
		WHEN 'acknowledged' THEN acked > 0 ELSE 1 = 1 END
	ORDER BY ends, id LIMIT $5;

-- name: alert_list_over
SELECT * FROM alert WHERE resolved > 0 AND (ends, id) > ($1, $2)
	AND ($3 = '' OR watch = $3) AND $4 = 'over'
	ORDER BY ends, id LIMIT $5;

-- name: alert_counts
SELECT watch, COUNT(*) AS n,
	CAST(COALESCE(SUM(CASE WHEN acked > 0 THEN 1 ELSE 0 END), 0) AS BIGINT)
		AS acked
	FROM alert WHERE resolved = 0 GROUP BY watch ORDER BY watch;
