-- SPDX-License-Identifier: Apache-2.0
-- $1 epoch, $2 head before, $3 how many events follow. BF001: another instance has taken over, or the head is elsewhere.
-- plan: kept
SELECT event_advance($1::uuid, $2::bigint, $3::bigint);
