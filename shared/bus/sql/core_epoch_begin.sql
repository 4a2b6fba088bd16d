-- SPDX-License-Identifier: Apache-2.0
-- $1 epoch, $2 now. One statement, so one transaction: from its commit on, no other epoch can write. Only the holder of
-- the lease may run it. A writer that is still inside a transaction makes it wait, and then finds its epoch gone.
-- An epoch that wrote nothing is in no cursor: it goes, so that an instance that fails at each takeover (twice a second)
-- does not push those out that readers stand in.
WITH head AS (UPDATE event_head SET epoch = $1::uuid RETURNING seq + 1 AS first_seq),
empty AS (DELETE FROM event_epoch AS e USING head WHERE e.first_seq = head.first_seq)
INSERT INTO event_epoch (epoch, first_seq, begun_ms)
SELECT $1::uuid, first_seq, $2::bigint FROM head
RETURNING first_seq;
