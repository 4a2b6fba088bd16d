-- SPDX-License-Identifier: Apache-2.0
-- $1 round ('': the present view). Whole lists: tiers and references in the same order.
SELECT posting, array_to_string(tiers, ','), array_to_string(learners, '|') FROM pool_choice WHERE round = $1::text ORDER BY posting;
