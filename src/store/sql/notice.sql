-- name: notice_follow_put
INSERT INTO notice_follow (request, remind) VALUES ($1, $2)
	ON CONFLICT (request) DO UPDATE SET remind = excluded.remind;

-- name: notice_follow_drop
DELETE FROM notice_follow WHERE request = $1;

-- name: notice_followed
SELECT request, remind FROM notice_follow WHERE request > $1
	ORDER BY request LIMIT $2;

-- name: notice_put
INSERT INTO notice (id, occasion, request, person, channel, state, created,
	due, closed, tries, why, about, alert)
	VALUES ($1, $2, $3, $4, $5, 'queued', $6, $7, NULL, 0, NULL, $8, $9)
	ON CONFLICT DO NOTHING;

-- name: notice_receivers
-- To whom something is due; who was tried in vain comes behind the others.
SELECT person, CAST(MAX(CASE WHEN tries > 0 THEN 1 ELSE 0 END) AS BIGINT) AS late,
	MIN(due) AS due FROM notice WHERE channel = $1 AND closed IS NULL
	GROUP BY person HAVING MIN(due) <= $2
	ORDER BY 2, 3, person LIMIT $3;

-- name: notice_of_person
SELECT * FROM notice WHERE channel = $1 AND closed IS NULL AND due <= $2
	AND person = $3 ORDER BY due, id LIMIT $4;

-- name: notice_sent
UPDATE notice SET state = 'sent', closed = $2, tries = tries + 1, why = NULL
	WHERE id = $1 AND closed IS NULL;

-- name: notice_again
UPDATE notice SET due = $2, tries = tries + 1, why = $3
	WHERE id = $1 AND closed IS NULL;

-- name: notice_failed
UPDATE notice SET state = 'failed', closed = $2, tries = tries + 1, why = $3
	WHERE id = $1 AND closed IS NULL;

-- name: notice_hold
UPDATE notice SET due = $3 WHERE channel = $1 AND person = $2
	AND closed IS NULL AND due < $3;

-- name: notice_drop
DELETE FROM notice WHERE channel = $1 AND person = $2 AND closed IS NULL;

-- name: notice_hasten
UPDATE notice SET due = $1 WHERE closed IS NULL AND tries > 0 AND due > $1;

-- name: notice_overtaken
UPDATE notice SET state = 'overtaken', closed = $2 WHERE request = $1
	AND occasion IN ('asked', 'reminder') AND closed IS NULL;

-- name: notice_alert_overtaken
UPDATE notice SET state = 'overtaken', closed = $2 WHERE alert = $1
	AND alert <> '' AND closed IS NULL;

-- name: notice_forget
DELETE FROM notice WHERE closed IS NOT NULL AND closed < $1;

-- name: notice_waits
SELECT id FROM notice WHERE state = 'queued' AND person = $1
	AND occasion = $2 ORDER BY id LIMIT 1;

-- name: notice_counts
SELECT COUNT(*) AS queued,
	CAST(COALESCE(SUM(CASE WHEN tries > 0 THEN 1 ELSE 0 END), 0) AS BIGINT)
		AS failing,
	CAST(COALESCE(MIN(created), 0) AS BIGINT) AS oldest
	FROM notice WHERE state = 'queued';

-- name: notice_why
SELECT why FROM notice WHERE state = 'queued' AND tries > 0
	ORDER BY id DESC LIMIT 1;

-- name: notice_failing
-- What was tried in vain, by channel and person; given up, if nothing was taken since.
SELECT channel, person, COUNT(*) AS n, MIN(created) AS oldest FROM notice
	WHERE (closed IS NULL AND tries > 0) OR (state = 'failed'
		AND NOT EXISTS (SELECT later.id FROM notice AS later
			WHERE later.closed >= notice.closed
			AND later.channel = notice.channel
			AND later.state = 'sent'))
	GROUP BY channel, person ORDER BY channel, person;

-- name: notice_persons
-- Who was told of an alert.
SELECT DISTINCT person FROM notice WHERE alert = $1 AND alert <> ''
	ORDER BY person;

-- name: notice_failed_count
SELECT COUNT(*) AS failed FROM notice WHERE state = 'failed';

-- name: notice_list
SELECT id, occasion, request, person, channel, state, created, due, closed,
	tries, why, alert FROM notice WHERE ($1 = '' OR id < $1)
	AND ($2 = '' OR state = $2) AND ($3 = '' OR person = $3)
	ORDER BY id DESC LIMIT $4;
