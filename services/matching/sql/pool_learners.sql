-- SPDX-License-Identifier: Apache-2.0
-- $1 round ('': the present view), $2 one learner (NULL: all), $3 programmes (NULL: any; else only learners in the pool).
SELECT p.learner, p.institution, p.in_pool, p.programme, p.latitude_e7, p.longitude_e7, p.max_distance_m, p.available_from,
       p.available_to, p.hours_hundredths, p.weekdays, p.languages, p.wil_types, array_to_string(p.competencies, '|'),
       array_to_string(p.groups, '|'), p.tier, p.assignable,
       EXISTS (SELECT FROM round_withdrawal x WHERE x.round = $1::text AND x.learner = p.learner AND NOT x.after_publication)
FROM pool_learner p
WHERE p.round = $1::text AND ($2::text IS NULL OR p.learner = $2::text)
  AND ($3::text[] IS NULL OR (p.programme = ANY ($3::text[]) AND p.in_pool))
ORDER BY p.learner;
