-- SPDX-License-Identifier: Apache-2.0
-- $1 round ('': the present view). Whole lists: tiers and references in the same order.
SELECT learner, array_to_string(tiers, ','), array_to_string(postings, '|') FROM pool_ranking WHERE round = $1::text ORDER BY learner;
