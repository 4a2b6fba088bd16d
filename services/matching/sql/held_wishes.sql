-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number.
SELECT e.tier::text, e.posting
FROM view_learner_ranking r CROSS JOIN LATERAL unnest(r.tiers, r.postings) AS e (tier, posting) WHERE r.learner = $1::text;
