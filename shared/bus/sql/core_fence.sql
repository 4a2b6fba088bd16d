-- SPDX-License-Identifier: Apache-2.0
-- $1 epoch. Opens every writing transaction. Another instance has taken over: no event_seq, and all that was sent behind it is
-- skipped, so it need not be waited for. The lock serialises writers; one that waited sees the row as it is then, so a
-- paused instance that wakes up late finds nothing.
-- plan: kept
SELECT (SELECT seq FROM event_head WHERE epoch = $1::uuid FOR NO KEY UPDATE)::event_seq;
