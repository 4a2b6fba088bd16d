-- SPDX-License-Identifier: Apache-2.0
-- $1 round.
SELECT log_id, epoch, seq FROM round_position WHERE round = $1::text ORDER BY log_id;
