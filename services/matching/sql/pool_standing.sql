-- SPDX-License-Identifier: Apache-2.0
-- $1 round ('': the present view).
SELECT learner, posting, placed_round FROM pool_standing WHERE round = $1::text ORDER BY learner, placed_round DESC, posting;
