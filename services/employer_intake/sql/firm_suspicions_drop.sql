-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 external ids compared; $3 $4 $5 their pairs that are suspected now: own id, other's institution and id.
-- Suspicions of those records that are none any more go; the others keep the moment at which they were found.
DELETE FROM firm_suspicion s
WHERE (s.institution_a = $1::text AND s.external_id_a = ANY ($2::text[])
       AND NOT EXISTS (SELECT 1 FROM unnest($3::text[], $4::text[], $5::text[]) AS n (mine, i, e)
                       WHERE n.mine = s.external_id_a AND n.i = s.institution_b AND n.e = s.external_id_b))
   OR (s.institution_b = $1::text AND s.external_id_b = ANY ($2::text[])
       AND NOT EXISTS (SELECT 1 FROM unnest($3::text[], $4::text[], $5::text[]) AS n (mine, i, e)
                       WHERE n.mine = s.external_id_b AND n.i = s.institution_a AND n.e = s.external_id_a));
