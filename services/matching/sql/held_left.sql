-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number.
-- Pairs of hers that did not enter a round (why: the words of rules.h, in the order of its bits), rounds that she left, and
-- those that held her twice.
SELECT * FROM (
	SELECT round, 'left_out' AS what, posting, array_to_string(ARRAY(
	           SELECT word FROM unnest(ARRAY['programme', 'type', 'period', 'hours', 'weekdays', 'language', 'distance',
	                                         'place_unknown', 'consent', 'not_open', 'withdrawn', 'seats', 'unknown'])
	                            WITH ORDINALITY AS w (word, n)
	           WHERE reasons >> (n - 1)::integer & 1 = 1 ORDER BY n), '|') AS why, '' AS at_ms
	FROM round_left_out WHERE learner = $1::text
	UNION ALL
	SELECT round, 'withdrawal', '', reason, at_ms::text FROM round_withdrawal WHERE learner = $1::text
	UNION ALL
	SELECT round, 'same_person', '', '', '' FROM round_same_person WHERE $1::text IN (learner, other)) held
ORDER BY round, what, posting;
