-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 external ids, $3 version of the rules. Those whose record, as it stands, was not compared by these rules,
-- with what the rules look at.
SELECT e.external_id, e.version, e.legal_name, coalesce(e.neq, ''), coalesce(e.address, ''), coalesce(e.municipality, ''),
       e.postal_code
FROM employer e
LEFT JOIN employer_key k ON k.institution = e.institution AND k.external_id = e.external_id
WHERE e.institution = $1::text AND e.external_id = ANY ($2::text[])
  AND (k.version IS DISTINCT FROM e.version OR k.rules <> $3::bigint)
ORDER BY e.external_id;
