-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number.
-- Pairs of hers that did not enter a round (reasons: bits of rules.h), rounds that she left, and those that held her twice.
SELECT * FROM (
	SELECT round, 'left_out' AS what, posting, reasons::text AS why, '' AS at_ms FROM round_left_out WHERE learner = $1::text
	UNION ALL
	SELECT round, 'withdrawal', '', reason, at_ms::text FROM round_withdrawal WHERE learner = $1::text
	UNION ALL
	SELECT round, 'same_person', '', '', '' FROM round_same_person WHERE $1::text IN (learner, other)) held
ORDER BY round, what, posting;
