-- SPDX-License-Identifier: Apache-2.0
-- $1 applied: all readers have it. Goes forward through the log, at most 20,000 events a call, and removes what they
-- supersede. So a call costs what was written since the last one, not what the log holds.
WITH span AS MATERIALIZED (
	SELECT seq, topic, key FROM event
	 WHERE seq > (SELECT tidied_seq FROM event_head) AND seq <= $1::bigint
	 ORDER BY seq LIMIT 20000
), last AS MATERIALIZED (
	SELECT topic, key, max(seq) AS seq FROM span GROUP BY topic, key
), moved AS (
	UPDATE event_head SET tidied_seq = s.seq FROM (SELECT max(seq) AS seq FROM span) AS s WHERE s.seq IS NOT NULL
)
DELETE FROM event AS e USING last WHERE e.topic = last.topic AND e.key = last.key AND e.seq < last.seq;
