-- SPDX-License-Identifier: Apache-2.0
-- $1 pool numbers, $2 what stands for them in what was published ('erased----': as long as a number). The frozen rows go;
-- counts, seats and reasons of a round stay, without saying of whom.
WITH stood AS (DELETE FROM snapshot_standing WHERE learner = ANY ($1::text[])),
rankings AS (DELETE FROM snapshot_ranking WHERE learner = ANY ($1::text[])),
offers AS (DELETE FROM snapshot_offer WHERE learner = ANY ($1::text[])),
choices AS (
	UPDATE snapshot_choice c SET tiers = kept.tiers, learners = kept.learners
	FROM (SELECT s.round, s.posting,
	             coalesce(array_agg(e.tier ORDER BY e.n) FILTER (WHERE e.learner <> ALL ($1::text[])), '{}') AS tiers,
	             coalesce(array_agg(e.learner ORDER BY e.n) FILTER (WHERE e.learner <> ALL ($1::text[])), '{}') AS learners
	      FROM snapshot_choice s
	      CROSS JOIN LATERAL unnest(s.tiers, s.learners) WITH ORDINALITY AS e (tier, learner, n)
	      WHERE s.learners && $1::text[]
	      GROUP BY s.round, s.posting) kept
	WHERE c.round = kept.round AND c.posting = kept.posting),
lines AS (UPDATE round_line SET learner = $2::text, programme = '' WHERE learner = ANY ($1::text[])),
doubles AS (DELETE FROM round_same_person WHERE learner = ANY ($1::text[]) OR other = ANY ($1::text[])),
pairs AS (DELETE FROM round_left_out WHERE learner = ANY ($1::text[])),
left_early AS (UPDATE round_withdrawal SET learner = $2::text, reason = '' WHERE learner = ANY ($1::text[])),
counted AS (
	UPDATE round r SET erased = r.erased + n.n, revision = r.revision + 1
	FROM (SELECT round, count(*)::integer AS n FROM snapshot_learner WHERE learner = ANY ($1::text[]) GROUP BY round) n
	WHERE r.round = n.round)
DELETE FROM snapshot_learner WHERE learner = ANY ($1::text[]);
