-- SPDX-License-Identifier: Apache-2.0
-- $1 learners (pool numbers), $2 institutions and $3 their own ids of learners, pair by pair. Every list, of any institution,
-- that names one of the first, or of those institutions one of their own ids.
SELECT institution, posting, array_to_string(tiers, '|'), array_to_string(learners, '|'), version
FROM employer_ranking WHERE learners && $1::text[]
UNION
SELECT r.institution, r.posting, array_to_string(r.tiers, '|'), array_to_string(r.learners, '|'), r.version
FROM employer_ranking r JOIN unnest($2::text[], $3::text[]) AS own (institution, learner)
  ON r.institution = own.institution AND r.learners @> ARRAY[own.learner];
