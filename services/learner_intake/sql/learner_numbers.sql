-- SPDX-License-Identifier: Apache-2.0
-- learner_numbers.sql: $1 institution, $2 external ids. The pool numbers of those that are known, and whether
-- consent is withdrawn.
SELECT external_id, pool_number, withdrawn_on IS NOT NULL AND NOT in_pool FROM unnest($2::text[]) AS k (id)
CROSS JOIN LATERAL (SELECT * FROM learner WHERE institution = $1::text AND external_id = k.id LIMIT 1) AS learner
