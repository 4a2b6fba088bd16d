-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 external ids, $3 at most so many for each key (and 50,000 in all: a bound, far beyond what real files
-- come to). Other colleges' records that share a key with one of these.
SELECT c.mine, e.institution, e.external_id, e.legal_name, coalesce(e.neq, ''), coalesce(e.address, ''),
       coalesce(e.municipality, ''), e.postal_code
FROM (SELECT DISTINCT b.external_id AS mine, o.institution, o.external_id
      FROM employer_block b
      CROSS JOIN LATERAL (SELECT s.institution, s.external_id FROM employer_block s
                          WHERE s.key = b.key AND s.institution <> $1::text LIMIT $3::bigint) AS o
      WHERE b.institution = $1::text AND b.external_id = ANY ($2::text[])) AS c
JOIN employer e ON e.institution = c.institution AND e.external_id = c.external_id
ORDER BY c.mine COLLATE "C", e.institution, e.external_id LIMIT 50000;
