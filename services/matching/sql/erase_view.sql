-- SPDX-License-Identifier: Apache-2.0
-- $1 pool numbers. All that the view holds on these learners; the lists of employers lose them too, by number and by the
-- external id that their own college used. Runs before anything else forgets who they were.
WITH gone AS (SELECT learner, institution, external_id FROM view_learner WHERE learner = ANY ($1::text[])),
names AS (SELECT learner AS ref, NULL::text AS institution FROM unnest($1::text[]) AS n (learner)
          UNION ALL SELECT external_id, institution FROM gone),
lists AS (
	UPDATE view_employer_ranking r SET
		tiers = kept.tiers, learners = kept.learners
	FROM (SELECT s.posting, coalesce(array_agg(e.tier ORDER BY e.n) FILTER (WHERE NOT e.out), '{}') AS tiers,
	             coalesce(array_agg(e.ref ORDER BY e.n) FILTER (WHERE NOT e.out), '{}') AS learners
	      FROM view_employer_ranking s
	      CROSS JOIN LATERAL (
	          SELECT u.tier, u.ref, u.n, EXISTS (SELECT FROM names WHERE names.ref = u.ref AND
	                 (names.institution IS NULL OR names.institution = s.institution)) AS out
	          FROM unnest(s.tiers, s.learners) WITH ORDINALITY AS u (tier, ref, n)) e
	      WHERE s.learners && (SELECT array_agg(ref) FROM names)
	      GROUP BY s.posting) kept
	WHERE r.posting = kept.posting),
rankings AS (DELETE FROM view_learner_ranking WHERE learner = ANY ($1::text[])),
offers AS (DELETE FROM view_direct_offer WHERE learner = ANY ($1::text[]))
DELETE FROM view_learner WHERE learner = ANY ($1::text[]);
