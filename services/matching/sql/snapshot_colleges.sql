-- SPDX-License-Identifier: Apache-2.0
-- $1 round. What is known before anything is solved; postings that have left do not count.
INSERT INTO round_college (round, institution, learners, postings, seats)
SELECT $1::text, institution, sum(learners), sum(postings), sum(seats)
FROM (SELECT institution, count(*) AS learners, 0 AS postings, 0 AS seats
      FROM snapshot_learner WHERE round = $1::text GROUP BY institution
      UNION ALL
      SELECT institution, 0, count(*), sum(seats)
      FROM snapshot_posting p WHERE round = $1::text AND state = 'open'
        AND NOT EXISTS (SELECT FROM round_withdrawal x WHERE x.round = p.round AND x.posting = p.posting)
      GROUP BY institution) counted
GROUP BY institution;
