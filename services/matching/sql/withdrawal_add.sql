-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 learner, $3 posting, $4 institution of either, $5 reason, $6 now.
INSERT INTO round_withdrawal (round, number, learner, posting, institution, reason, at_ms, after_publication)
SELECT $1::text, count(*) + 1, $2::text, $3::text, $4::text, $5::text, $6::bigint,
       (SELECT state = 'published' FROM round WHERE round = $1::text)
FROM round_withdrawal WHERE round = $1::text;
