-- SPDX-License-Identifier: Apache-2.0
-- $1 log; $2 keys, $3 versions, $4 kinds, $5 institutions, $6 first and $7 second subjects ('': none), $8 since when. A task whose
-- fact was seen in this version stays as people left it: whatever is read anew, nothing that is done opens again.
INSERT INTO task AS t (log_id, key, version, kind, institution, subjects, since_ms, holds, state)
SELECT $1::text, k, v, n, i, CASE b WHEN '' THEN ARRAY[a] ELSE ARRAY[a, b] END, s, true, 'open'
FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])
	AS r (k, v, n, i, a, b, s)
ON CONFLICT (log_id, key) DO UPDATE SET version = excluded.version, kind = excluded.kind, institution = excluded.institution,
	subjects = excluded.subjects, since_ms = excluded.since_ms, holds = true, state = 'open', closed_by = '', closed_ms = 0,
	note = ''
WHERE t.version <> excluded.version
RETURNING t.institution
