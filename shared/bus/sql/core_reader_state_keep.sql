-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 epoch, $3 seq, $4 generation, $5 resync_to. In the transaction that applies what lies before it.
-- plan: kept
INSERT INTO log_cursor (log_id, epoch, seq, generation, resync_to)
VALUES ($1::text, $2::uuid, $3::bigint, $4::bigint, $5::bigint)
ON CONFLICT (log_id) DO UPDATE
   SET epoch = excluded.epoch, seq = excluded.seq, generation = excluded.generation, resync_to = excluded.resync_to;
