-- SPDX-License-Identifier: Apache-2.0
-- $1 now. Rounds that a mail due now is about: the positions that our cursors must have passed, and the head of the
-- log that told of it (epoch null).
WITH due AS (SELECT DISTINCT round FROM mail WHERE state = 'waiting' AND due_ms <= $1::bigint AND round <> ''
	AND NOT EXISTS (SELECT FROM round r WHERE r.round = mail.round AND r.state = 'withdrawn'))
SELECT round, log_id, epoch, seq FROM round_position JOIN due USING (round)
UNION ALL
SELECT round, told_log, NULL, told_seq FROM round JOIN due USING (round) WHERE told_log <> ''
