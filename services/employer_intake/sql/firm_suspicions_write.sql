-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 own ids, $3 others' institutions, $4 their ids, $5 reasons, $6 scores: one of each per pair; $7 now.
INSERT INTO firm_suspicion (institution_a, external_id_a, institution_b, external_id_b, reason, score, found_ms)
SELECT CASE WHEN first THEN $1::text ELSE i END, CASE WHEN first THEN mine ELSE e END,
       CASE WHEN first THEN i ELSE $1::text END, CASE WHEN first THEN e ELSE mine END, r, s, $7::bigint
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[]) AS found (mine, i, e, r, s),
     LATERAL (SELECT $1::text COLLATE "C" < i COLLATE "C" AS first) AS side
ON CONFLICT (institution_a, external_id_a, institution_b, external_id_b)
DO UPDATE SET reason = excluded.reason, score = excluded.score;
