-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 logs, $3 epochs, $4 seqs.
INSERT INTO round_position (round, log_id, epoch, seq)
SELECT $1::text, log_id, epoch, seq FROM unnest($2::text[], $3::uuid[], $4::bigint[]) AS p (log_id, epoch, seq);
