-- SPDX-License-Identifier: Apache-2.0
-- $1 round ('': the present view).
SELECT learner, posting FROM pool_standing WHERE round = $1::text ORDER BY learner, posting;
