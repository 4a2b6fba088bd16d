-- SPDX-License-Identifier: Apache-2.0
-- pool_number_taken.sql: $1 numbers just drawn. Those that somebody has already, of whatever college.
SELECT pool_number FROM learner WHERE pool_number = ANY ($1::text[])
