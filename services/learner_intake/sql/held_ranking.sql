-- SPDX-License-Identifier: Apache-2.0
-- held_ranking.sql: $1 institution, $2 external id. Her whole list.
SELECT e.tier::text, e.posting FROM learner_ranking r CROSS JOIN LATERAL unnest(r.tiers, r.postings) AS e (tier, posting)
WHERE r.institution = $1::text AND r.learner = $2::text
