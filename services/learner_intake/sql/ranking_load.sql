-- SPDX-License-Identifier: Apache-2.0
-- ranking_load.sql: $1 institution, $2 learners' external ids.
SELECT learner, version, tiers::text[], postings
FROM learner_ranking WHERE institution = $1::text AND learner = ANY ($2::text[])
