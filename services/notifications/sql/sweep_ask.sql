-- SPDX-License-Identifier: Apache-2.0
-- $1 now: no file that was set aside is kept, since one of them may name who has gone.
INSERT INTO sweep (asked_ms) VALUES ($1::bigint) ON CONFLICT (one) DO UPDATE SET asked_ms = excluded.asked_ms
