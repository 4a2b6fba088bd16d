-- SPDX-License-Identifier: Apache-2.0
-- $1 round. For all to see.
SELECT learner, posting, institution, reason, at_ms FROM round_withdrawal WHERE round = $1::text ORDER BY number;
