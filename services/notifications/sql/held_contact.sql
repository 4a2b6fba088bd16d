-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number (so in every held_*.sql).
SELECT learner, institution, given_name, family_name, CASE WHEN in_pool THEN 'yes' ELSE 'no' END, log_id
FROM learner_contact WHERE learner = $1::text
