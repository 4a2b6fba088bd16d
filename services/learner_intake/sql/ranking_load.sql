-- SPDX-License-Identifier: Apache-2.0
-- ranking_load.sql: $1 institution, $2 learners' external ids.
SELECT learner, version, tiers::text[], postings
FROM unnest($2::text[]) AS k (id)
CROSS JOIN LATERAL (SELECT * FROM learner_ranking WHERE institution = $1::text AND learner = k.id LIMIT 1) AS ranking
