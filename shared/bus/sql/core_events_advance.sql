-- SPDX-License-Identifier: Apache-2.0
-- $1 epoch, $2 head before, $3 how many events follow, by COPY. No event_seq: another instance has taken over, or the head is
-- elsewhere. The writer knows the head, since nobody else moves it while the epoch is its own; that it is so is checked here.
-- plan: kept
WITH head AS (UPDATE event_head SET seq = $2::bigint + $3::bigint WHERE epoch = $1::uuid AND seq = $2::bigint RETURNING seq)
SELECT (SELECT seq FROM head)::event_seq;
