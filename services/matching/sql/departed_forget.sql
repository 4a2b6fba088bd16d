-- SPDX-License-Identifier: Apache-2.0
-- $1 round, frozen, $2 pool numbers: who has left it by withdrawing her consent. Their wishes and places go, and employers'
-- lists lose them; of themselves stays what counts them: whose they are, and that they were there.
WITH stood AS (DELETE FROM snapshot_standing WHERE round = $1::text AND learner = ANY ($2::text[])),
rankings AS (DELETE FROM snapshot_ranking WHERE round = $1::text AND learner = ANY ($2::text[])),
offers AS (DELETE FROM snapshot_offer WHERE round = $1::text AND learner = ANY ($2::text[])),
doubles AS (
	DELETE FROM round_same_person
	WHERE round = $1::text AND (learner = ANY ($2::text[]) OR other = ANY ($2::text[]))),
choices AS (
	UPDATE snapshot_choice c SET tiers = kept.tiers, learners = kept.learners
	FROM (SELECT s.posting,
	             coalesce(array_agg(e.tier ORDER BY e.n) FILTER (WHERE e.learner <> ALL ($2::text[])), '{}') AS tiers,
	             coalesce(array_agg(e.learner ORDER BY e.n) FILTER (WHERE e.learner <> ALL ($2::text[])), '{}') AS learners
	      FROM snapshot_choice s
	      CROSS JOIN LATERAL unnest(s.tiers, s.learners) WITH ORDINALITY AS e (tier, learner, n)
	      WHERE s.round = $1::text AND s.learners && $2::text[]
	      GROUP BY s.posting) kept
	WHERE c.round = $1::text AND c.posting = kept.posting)
UPDATE snapshot_learner SET latitude_e7 = NULL, longitude_e7 = NULL, max_distance_m = NULL, weekdays = 0, wil_types = 0,
	competencies = '{}', groups = '{}'
WHERE round = $1::text AND learner = ANY ($2::text[]);
