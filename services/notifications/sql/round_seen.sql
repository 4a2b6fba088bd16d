-- SPDX-License-Identifier: Apache-2.0
-- $1 rounds, $2 log, $3 its head: something of these rounds has come in a batch.
INSERT INTO round (round, told_log, told_seq)
SELECT r, $2::text, $3::bigint FROM unnest($1::text[]) AS t (r) GROUP BY r
ON CONFLICT (round) DO UPDATE SET told_log = excluded.told_log, told_seq = excluded.told_seq
