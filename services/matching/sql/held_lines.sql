-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number.
-- What became of her in rounds; at: where she was outranked, ahead: by how many.
SELECT l.round, r.state, l.posting, l.placed_by, l.reason, l.at_postings, l.at_ahead, l.from_posting, l.programme,
       CASE WHEN EXISTS (SELECT FROM round_file f
                         WHERE f.round = l.round AND position(convert_to($1::text, 'UTF8') IN f.data) > 0)
            THEN 'yes' ELSE 'no' END
FROM round_line l JOIN round r USING (round) WHERE l.learner = $1::text ORDER BY r.opened_ms, r.round;
