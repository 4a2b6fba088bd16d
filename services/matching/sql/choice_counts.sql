-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 institution. How many of its learners were placed by ranking at their first choice, second ..., joined by ','.
WITH got AS (
	SELECT choice, count(*) AS n FROM round_line WHERE round = $1::text AND institution = $2::text AND choice > 0
	GROUP BY choice)
SELECT coalesce(string_agg(coalesce(n, 0)::text, ',' ORDER BY c), '')
FROM generate_series(1, (SELECT max(choice) FROM got)) c LEFT JOIN got ON choice = c;
