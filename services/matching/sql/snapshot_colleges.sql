-- SPDX-License-Identifier: Apache-2.0
-- $1 round. What is known before anything is solved. A posting takes part while it is open, or filled by those who stand there;
-- of one that is neither, or that has left, those seats count where somebody stands.
WITH stood AS (SELECT posting, count(*) AS n FROM snapshot_standing WHERE round = $1::text GROUP BY posting),
here AS (
	SELECT p.institution, coalesce(s.n, 0) AS n, greatest(p.seats, coalesce(s.n, 0)) AS seats,
	       (p.state = 'open' OR (p.state = 'filled' AND s.n > 0))
	       AND NOT EXISTS (SELECT FROM round_withdrawal x WHERE x.round = p.round AND x.posting = p.posting) AS open
	FROM snapshot_posting p LEFT JOIN stood s USING (posting)
	WHERE p.round = $1::text)
INSERT INTO round_college (round, institution, learners, postings, seats)
SELECT $1::text, institution, sum(learners), sum(postings), sum(seats)
FROM (SELECT institution, count(*) AS learners, 0 AS postings, 0 AS seats
      FROM snapshot_learner WHERE round = $1::text GROUP BY institution
      UNION ALL
      SELECT institution, 0, count(*), sum(CASE WHEN open THEN seats ELSE n END)
      FROM here WHERE open OR n > 0 GROUP BY institution) counted
GROUP BY institution;
