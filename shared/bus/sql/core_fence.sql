-- SPDX-License-Identifier: Apache-2.0
-- $1 epoch. Opens every writing transaction. No row: another instance has taken over. The lock serialises writers; one
-- that waited sees the row as it is then, so a paused instance that wakes up late finds nothing.
SELECT seq FROM event_head WHERE epoch = $1::uuid FOR NO KEY UPDATE;
