-- SPDX-License-Identifier: Apache-2.0
-- $1 now; $2 kinds, $3 ids, $4 recipients, $5 institutions, $6 rounds, $7 why no mail is to come of it ('': one
-- is). What was noticed before is not noticed again: whatever is read anew, nobody is written to twice.
INSERT INTO notice (kind, ids, version, recipient, institution, round, noticed_ms, dropped)
SELECT k, x, 1, r, i, o, $1::bigint, d
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS t (k, x, r, i, o, d)
ON CONFLICT (kind, ids, version, colleague) DO NOTHING
