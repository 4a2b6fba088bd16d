-- SPDX-License-Identifier: Apache-2.0
-- learner_of_number.sql: $1 institution, $2 pool number. Her external id, to her own college only.
SELECT external_id FROM learner WHERE institution = $1::text AND pool_number = $2::text
