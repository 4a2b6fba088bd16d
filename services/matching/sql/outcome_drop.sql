-- SPDX-License-Identifier: Apache-2.0
-- $1 round: an older outcome gives way.
WITH a AS (DELETE FROM round_college WHERE round = $1::text), b AS (DELETE FROM round_line WHERE round = $1::text),
c AS (DELETE FROM round_left_out WHERE round = $1::text)
DELETE FROM round_file WHERE round = $1::text;
