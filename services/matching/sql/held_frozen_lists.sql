-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number.
-- Of rounds: her list, her offer, where she stood, and employers' lists that name her.
SELECT * FROM (
	SELECT s.round, 'ranking' AS what, e.posting, e.tier::text AS tier
	FROM snapshot_ranking s CROSS JOIN LATERAL unnest(s.tiers, s.postings) AS e (tier, posting) WHERE s.learner = $1::text
	UNION ALL
	SELECT round, 'direct_offer', posting, '' FROM snapshot_offer WHERE learner = $1::text
	UNION ALL
	SELECT round, 'standing', posting, '' FROM snapshot_standing WHERE learner = $1::text
	UNION ALL
	SELECT s.round, 'employer_ranking', s.posting, e.tier::text
	FROM snapshot_choice s CROSS JOIN LATERAL unnest(s.tiers, s.learners) AS e (tier, learner)
	WHERE $1::text = ANY (s.learners) AND e.learner = $1::text) held
ORDER BY round, what, tier, posting;
