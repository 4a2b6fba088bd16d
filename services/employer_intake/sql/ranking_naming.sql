-- SPDX-License-Identifier: Apache-2.0
-- $1 learners (pool numbers). Every list that names one of them, of any institution.
SELECT institution, posting, array_to_string(tiers, '|'), array_to_string(learners, '|'), version
FROM employer_ranking WHERE learners && $1::text[];
