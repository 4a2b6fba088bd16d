-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 postings. Lists as they stand, entries joined by '|'.
SELECT posting, array_to_string(tiers, '|'), array_to_string(learners, '|'), version
FROM employer_ranking WHERE institution = $1::text AND posting = ANY ($2::text[]);
