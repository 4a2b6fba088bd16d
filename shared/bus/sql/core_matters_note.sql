-- SPDX-License-Identifier: Apache-2.0
-- $1 now; $2 keys, $3 kinds, $4 owners, $5 first and $6 second subjects ('': none), $7 how long each must stand before it is
-- told, ms: all that holds now, and no more than that.
WITH wanted AS (
	SELECT DISTINCT ON (key) * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
		AS w (key, kind, owner, a, b, patience_ms)
), over AS (
	UPDATE matter m SET holds = false
	WHERE m.holds AND NOT EXISTS (SELECT FROM wanted w WHERE w.key = m.key)
)
INSERT INTO matter AS m (key, kind, owner, subjects, since_ms, due_ms)
SELECT key, kind, owner, CASE b WHEN '' THEN ARRAY[a] ELSE ARRAY[a, b] END, $1::bigint, $1::bigint + patience_ms FROM wanted
ON CONFLICT (key) DO UPDATE SET holds = true, due_ms = m.since_ms + excluded.due_ms - $1::bigint
WHERE NOT m.holds OR (NOT m.told AND m.due_ms <> m.since_ms + excluded.due_ms - $1::bigint);
