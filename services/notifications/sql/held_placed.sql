-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number. Where she is placed, as employers and her coordinator are told.
SELECT * FROM (
	SELECT CASE WHEN moved THEN 'moved' ELSE 'placement' END AS what, round, posting, placed_by
	FROM placed WHERE learner = $1::text
	UNION ALL
	SELECT 'summary', round, posting, placed_by FROM summary_line WHERE learner = $1::text) held
ORDER BY what, round, posting
