-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 institution (NULL: all), $3 at most. Both still in the round: of whom one has left, people have decided. A
-- college sees its own learners, and of somebody else's neither number nor college. Own learners stand first, and
-- are named by the external ids that it gave, too.
SELECT s.learner, s.institution,
       CASE WHEN $2::text IS NULL OR s.other_institution = $2::text THEN s.other ELSE '' END,
       CASE WHEN $2::text IS NULL OR s.other_institution = $2::text THEN s.other_institution ELSE '' END,
       coalesce(v.external_id, '')
FROM (SELECT round, learner, institution, other, other_institution FROM round_same_person
      WHERE round = $1::text AND ($2::text IS NULL OR institution = $2::text)
      UNION ALL
      SELECT round, other, other_institution, learner, institution FROM round_same_person
      WHERE round = $1::text AND other_institution = $2::text AND institution <> $2::text) s
LEFT JOIN view_learner v ON v.learner = s.learner AND v.institution = $2::text
WHERE NOT EXISTS (SELECT FROM round_withdrawal x
                  WHERE x.round = s.round AND NOT x.after_publication AND x.learner IN (s.learner, s.other))
ORDER BY 1, 3 LIMIT $3::bigint;
