-- SPDX-License-Identifier: Apache-2.0
-- $1 institutions. Everybody whom their lists name, once each.
SELECT DISTINCT r.institution, e.learner FROM employer_ranking r CROSS JOIN LATERAL unnest(r.learners) AS e (learner)
WHERE r.institution = ANY ($1::text[]);
