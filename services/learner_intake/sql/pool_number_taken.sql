-- SPDX-License-Identifier: Apache-2.0
-- pool_number_taken.sql: $1 numbers just drawn. Those that somebody has already, of whatever college.
SELECT learner.pool_number FROM unnest($1::text[]) AS k (number)
CROSS JOIN LATERAL (SELECT pool_number FROM learner WHERE pool_number = k.number LIMIT 1) AS learner
