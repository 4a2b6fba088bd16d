-- SPDX-License-Identifier: Apache-2.0
-- $1 rounds, $2 logs, $3 epochs, $4 seqs: each round and log once.
INSERT INTO round_position (round, log_id, epoch, seq)
SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[])
ON CONFLICT (round, log_id) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq
