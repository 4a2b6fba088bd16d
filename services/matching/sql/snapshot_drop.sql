-- SPDX-License-Identifier: Apache-2.0
-- $1 round, called off: nobody needs its snapshot any more, nor who was to go where.
WITH s AS (DELETE FROM snapshot_standing WHERE round = $1::text),
a AS (DELETE FROM snapshot_posting WHERE round = $1::text), b AS (DELETE FROM snapshot_learner WHERE round = $1::text),
c AS (DELETE FROM snapshot_ranking WHERE round = $1::text), d AS (DELETE FROM snapshot_choice WHERE round = $1::text),
e AS (DELETE FROM snapshot_offer WHERE round = $1::text), f AS (DELETE FROM round_line WHERE round = $1::text),
i AS (DELETE FROM round_same_person WHERE round = $1::text),
g AS (DELETE FROM round_left_out WHERE round = $1::text), h AS (DELETE FROM round_file WHERE round = $1::text)
DELETE FROM round_college WHERE round = $1::text;
