-- SPDX-License-Identifier: Apache-2.0
-- $1 rounds.
SELECT round, log_id, epoch, seq FROM round_position WHERE round = ANY ($1::text[])
